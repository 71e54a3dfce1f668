// Policies are found in whatever form they are kept, and what is no policy about them is named with its place.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct AccessPolicyReaderTests {
    private func read(_ text: String) throws -> AccessPolicyReading {
        try AccessPolicyReader.read(SourceFile(path: "policy.json", bytes: Array(text.utf8)))
    }

    private static let bare =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#
    private static let encoded =
        "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGetObject%22%2C%22Resource"
        + "%22%3A%22%2A%22%7D%7D"
    private static let quoted = bare.replacing("\"", with: "\\\"")

    @Test(
        arguments: [
            (bare, nil),
            (#"{"Role": {"RoleName": "r", "AssumeRolePolicyDocument": \#(bare)}}"#, .trust),
            (#"{"RoleName": "r", "PolicyName": "p", "PolicyDocument": \#(bare)}"#, .identity),
            (#"{"PolicyVersion": {"Document": \#(bare), "VersionId": "v1"}}"#, .identity),
            (#"{"Policy": "\#(quoted)"}"#, .resource),
            (#"{"policyText": "\#(quoted)", "repositoryName": "digits"}"#, .resource),
            (
                #"{"PolicyDocument": "\#(encoded)"}"#,
                .identity
            ),
            ("Version: 2012-10-17\nStatement:\n  Effect: Allow\n  Action: [s3:GetObject]\n  Resource: '*'\n", nil),
        ] as [(String, AccessPolicyKind?)])
    func findsThePolicyInItsWrapping(text: String, kind: AccessPolicyKind?) throws {
        let reading = try read(text)
        #expect(reading.kind == kind)
        #expect(reading.findings.isEmpty)
        let statement = try #require(reading.document.statements.first)
        #expect(statement.effect == .allow)
        #expect(statement.actions == ["s3:GetObject"])
        #expect(statement.resources == ["*"])
        #expect(statement.place?.line != nil)
    }

    @Test(arguments: [
        (#"{"Version": "2012-10-17", "Statements": []}"#, ["INVALID_POLICY_ELEMENT"]),
        (#"{"Statement": [{"Effect": "allow", "Action": "a:B", "Resource": "*"}]}"#, ["INVALID_EFFECT"]),
        (#"{"Statement": [{"Action": "a:B", "Resource": "*"}]}"#, ["MISSING_EFFECT"]),
        (#"{"Statement": [{"Effect": "Deny", "Actions": "a:B", "Resource": "*"}]}"#, ["INVALID_POLICY_ELEMENT"]),
        (#"{"Statement": [{"Effect": "Deny", "Action": {"a": 1}, "Resource": "*"}]}"#, ["DATA_TYPE_MISMATCH"]),
        (#"{"Statement": "all"}"#, ["DATA_TYPE_MISMATCH"]),
        (#"{"Statement": [1, []]}"#, ["DATA_TYPE_MISMATCH", "DATA_TYPE_MISMATCH"]),
        (#"{"Statement": {"Effect": "Allow", "Action": "a:B", "Principal": "me"}}"#, ["INVALID_PRINCIPAL_FORMAT"]),
        (#"{"Statement": {"Effect": "Allow", "Action": "a:B", "Condition": []}}"#, ["DATA_TYPE_MISMATCH"]),
        (#"{"Statement": {"Effect": "Allow", "Action": "a:B", "Condition": {"Bool": "x"}}}"#, ["DATA_TYPE_MISMATCH"]),
        (#"{"Statement": {"Effect": "Allow", "Action": "a:B", "Condition": {}}}"#, ["EMPTY_OBJECT_CONDITION"]),
    ])
    func namesWhatIsNoPolicy(text: String, codes: [String]) throws {
        let findings = try read(text).findings
        #expect(findings.map(\.code) == codes)
        #expect(findings.allSatisfy { $0.place?.line == 1 && !$0.fix.isEmpty })
    }

    @Test func tellsAnEmptyListFromAMissingElement() throws {
        let statement = try #require(
            try read(#"{"Statement": [{"Effect": "Allow", "Action": [], "Resource": "*"}]}"#).document.statements.first)
        #expect(statement.actions.isEmpty)
        #expect(statement.emptyElements == ["Action"])
    }

    @Test func readsConditionsWithTheirValuesAsTexts() throws {
        let reading = try read(
            #"""
            {"Statement": {"Effect": "Deny", "Principal": {"AWS": ["*"], "Service": "s3.amazonaws.com"},
             "Action": "s3:*", "Resource": "*",
             "Condition": {"Bool": {"aws:SecureTransport": false}, "NumericLessThan": {"s3:TlsVersion": 1.2}}}}
            """#)
        let statement = try #require(reading.document.statements.first)
        #expect(
            statement.conditions == [
                PolicyCondition("Bool", "aws:SecureTransport", ["false"]),
                PolicyCondition("NumericLessThan", "s3:TlsVersion", ["1.2"]),
            ])
        #expect(statement.principals == [PolicyPrincipal("AWS", "*"), PolicyPrincipal("Service", "s3.amazonaws.com")])
    }

    @Test(arguments: [
        "", "[]", "{}", "null", "7", #"{"Policy": "no"}"#, #"{"Role": {"Role": {"Role": {"Role": {}}}}}"#, "{",
    ])
    func refusesWhatHoldsNoPolicy(text: String) {
        #expect(throws: PlumbError.self) { try read(text) }
    }
}
