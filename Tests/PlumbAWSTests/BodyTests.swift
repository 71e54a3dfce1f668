// JSON, XML and forms: what is read and what is written.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

struct BodyTests {
    private func json(_ text: String) throws -> AWSValue { try JSONBody.read(Data(text.utf8)) }

    @Test func readsEveryKindOfJSON() throws {
        let value = try json(
            #" {"a": [1, -2.5e3, true, false, null], "b\n\"\/": "ü\u00e9\ud83d\ude00\t", "c": {}, "d": []} "#)
        #expect(value["a"] == [1, -2500.0, true, false, nil])
        #expect(value["b\n\"/"] == "üé😀\t")
        #expect(value["c"] == [:])
        #expect(value["d"] == .list([]))
    }

    @Test(arguments: [
        "", "{", "[1", "{\"a\"}", "{\"a\":1,}", "[1 2]", "nul", "\"a", "\"\\u12\"", "{} x", "{a:1}", "--1", "\"\\",
        "[,1]", "{\"a\":}", "\"\\q\"",
    ])
    func refusesWhatIsNoJSON(_ text: String) {
        #expect(throws: PlumbError.self) { try json(text) }
    }

    @Test func refusesNestingWithoutEnd() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: PlumbError.self) { try json(text) }
        let xml = String(repeating: "<a>", count: 100_000)
        #expect(throws: PlumbError.self) { try XMLBody.read(Data(xml.utf8)) }
    }

    @Test func aLoneSurrogateIsNoCrash() throws {
        #expect(try json(#""\ud83d!""#) == "\u{FFFD}!")
    }

    @Test func writesIntegersAsIntegersAndLeavesOutWhatIsNull() {
        let value: AWSValue = ["b": 5, "a": 0.25, "c": nil, "d": .data(Data([1, 2])), "e": ["x", true]]
        let text = String(decoding: JSONBody.write(value), as: UTF8.self)
        #expect(text == #"{"a":0.25,"b":5,"d":"AQI=","e":["x",true]}"#)
    }

    @Test func whatIsWrittenReadsBack() throws {
        let value: AWSValue = ["a": ["b": [1, "ü\"\\\u{1}\u{2028}", [:], .list([])]], "n": 1_234_567_890_123]
        #expect(try JSONBody.read(JSONBody.write(value)) == value)
    }

    private func xml(_ text: String) throws -> AWSValue { try XMLBody.read(Data(text.utf8)).value }

    @Test func readsXMLAsMapsListsAndTexts() throws {
        let value = try xml(
            """
            <?xml version="1.0"?><!-- a --><R xmlns="u"><Users><member><Name>a &amp; b</Name></member>
            <member><Name>&#x41;&#66;</Name></member></Users><One><member>x</member></One><None/><Same>1</Same>
            <Same>2</Same><n:C a="b"><![CDATA[<&>]]></n:C></R>
            """)
        #expect(value["Users"].items.map { $0["Name"].text } == ["a & b", "AB"])
        #expect(value["One"] == ["x"])
        #expect(value["None"].items == [])
        #expect(value["Same"] == ["1", "2"])
        #expect(value["Missing"].items == [])
        #expect(value["C"] == "<&>")
    }

    @Test func readsTypesOutOfTexts() throws {
        let value = try xml("<R><a>true</a><b>12</b><c>2024-02-29T12:00:00Z</c><d>2024-02-29T12:00:00.500Z</d></R>")
        #expect(value["a"].bool == true)
        #expect(value["b"].integer == 12)
        #expect(value["c"].date == Date(timeIntervalSince1970: 1_709_208_000))
        #expect(value["d"].date == Date(timeIntervalSince1970: 1_709_208_000.5))
        #expect(value["a"].date == nil)
    }

    @Test(arguments: [
        "", "<a>", "<a></b>", "<a", "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "<a>&b;</a>", "<a><b></a></b>",
        "<a>&#xD800;</a>", "a", "<a>&", "<a><![CDATA[", "<>x</>",
    ])
    func refusesWhatIsNoXML(_ text: String) {
        #expect(throws: PlumbError.self) { try xml(text) }
    }

    private func form(_ input: AWSValue, isEC2: Bool = false) -> String {
        String(decoding: QueryBody.write("Do", version: "1", input, isEC2: isEC2), as: UTF8.self)
    }

    @Test func flattensListsAsTheServiceWantsThem() {
        let input: AWSValue = ["Filter": [["Name": "vpc-id", "Value": ["a b", "c"]]], "Dry": false, "Nothing": nil]
        #expect(
            form(input)
                == "Action=Do&Version=1&Dry=false&Filter.member.1.Name=vpc-id&Filter.member.1.Value.member.1=a%20b"
                + "&Filter.member.1.Value.member.2=c")
        #expect(
            form(input, isEC2: true)
                == "Action=Do&Version=1&Dry=false&Filter.1.Name=vpc-id&Filter.1.Value.1=a%20b&Filter.1.Value.2=c")
        #expect(form(["L": .list([])]) == "Action=Do&Version=1&L=")
    }

    private func request(_ service: AWSService, _ operation: String, _ input: AWSValue, isCustom: Bool = false) throws
        -> HTTPRequest
    {
        let base = isCustom ? "http://127.0.0.1:5000/p" : "https://\(service.endpointPrefix).r.amazonaws.com"
        return try Wire(service: service, operation: operation, input: input)
            .request(to: Endpoint(base: base, region: "r", isCustom: isCustom))
    }

    @Test func aBucketIsInTheHostOfAWSAndInThePathElsewhere() throws {
        let input: AWSValue = ["Bucket": "b", "Key": "a/ü +?"]
        #expect(try request(.s3, "GetObject", input).url == "https://b.s3.r.amazonaws.com/a/%C3%BC%20%2B%3F")
        #expect(
            try request(.s3, "GetObject", input, isCustom: true).url == "http://127.0.0.1:5000/p/b/a/%C3%BC%20%2B%3F")
        #expect(try request(.s3, "GetBucketPolicy", ["Bucket": "b"]).url == "https://b.s3.r.amazonaws.com/?policy=")
        #expect(
            try request(.s3, "GetBucketPolicy", ["Bucket": "a.b"]).url == "https://s3.r.amazonaws.com/a.b?policy=")
    }

    @Test func aNameInAPathKeepsNoSlash() throws {
        let made = try request(.backup, "ListTags", ["ResourceArn": "arn:aws:x/y", "NextToken": "a=b"])
        #expect(made.url == "https://backup.r.amazonaws.com/tags/arn%3Aaws%3Ax%2Fy/?nextToken=a%3Db")
    }

    @Test func whatAnOperationDoesNotTakeIsAnError() throws {
        #expect(throws: PlumbError.self) { try request(.s3, "GetBucketPolicy", ["Bucket": "b", "Oops": 1]) }
        #expect(throws: PlumbError.self) { try request(.s3, "GetBucketPolicy", [:]) }
        #expect(throws: PlumbError.self) { try request(.s3, "GetBucketPolicy", ["Bucket": ""]) }
        let error = #expect(throws: PlumbError.self) { try request(.scheduler, "Nope", [:]) }
        #expect(error?.kind == .unsupported)
        #expect(error?.hint?.contains("ListSchedules") == true)
    }

    @Test func aHeaderTakesNoLineBreak() throws {
        #expect(throws: PlumbError.self) {
            try request(.s3, "GetObject", ["Bucket": "b", "Key": "k", "Range": "a\r\nX-Evil: 1"])
        }
    }
}
