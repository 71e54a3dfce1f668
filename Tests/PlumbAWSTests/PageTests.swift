// Answers that come in pages, from a server of the test's own.

import Foundation
import PlumbModel
import Testing

@testable import PlumbAWS

@Suite(.timeLimit(.minutes(20)))
struct PageTests {
    private func names(_ server: TestServer, _ service: AWSService, _ operation: String, in member: String) async throws
        -> [String]
    {
        try await TestMachine(testKeys).withClient(server) {
            try await $0.items(service, operation, ["MaxResults": 2], in: member)
        }.compactMap { $0["Name"].text ?? $0.text }
    }

    @Test func pagesAreFetchedToTheEnd() async throws {
        try await TestServer.with { asked, _ in
            guard let token = try? JSONBody.read(Data(asked.body.utf8))["NextToken"].text else {  // The first has none.
                return .json(#"{"Endpoints": [{"Name": "a"}, {"Name": "b"}], "NextToken": "1"}"#)
            }
            return token == "1"
                ? .json(#"{"Endpoints": [], "NextToken": "2"}"#) : .json(#"{"Endpoints": [{"Name": "c"}]}"#)
        } _: { server in
            let found = try await names(server, .sageMaker, "ListEndpoints", in: "Endpoints")
            #expect(found == ["a", "b", "c"])
            #expect(
                server.asked.map(\.body) == [
                    #"{"MaxResults":2}"#, #"{"MaxResults":2,"NextToken":"1"}"#, #"{"MaxResults":2,"NextToken":"2"}"#,
                ])
        }
    }

    @Test func everyServicePagesInItsOwnWay() async throws {
        try await TestServer.with { asked, _ in
            asked.body.contains("&Marker=m%2F1")
                ? Told(
                    body: "<ListRolesResponse><ListRolesResult><Roles><member><Name>b</Name></member></Roles>"
                        + "</ListRolesResult></ListRolesResponse>")
                : Told(
                    body: "<ListRolesResponse><ListRolesResult><Roles><member><Name>a</Name></member></Roles>"
                        + "<Marker>m/1</Marker></ListRolesResult></ListRolesResponse>")
        } _: { server in
            let found = try await names(server, .iam, "ListRoles", in: "Roles")
            #expect(found == ["a", "b"])
        }
        try await TestServer.with { asked, _ in
            asked.body.contains("ExclusiveStartTableName")
                ? .json(#"{"TableNames": ["b"]}"#) : .json(#"{"TableNames": ["a"], "LastEvaluatedTableName": "a"}"#)
        } _: { server in
            let found = try await names(server, .dynamoDB, "ListTables", in: "TableNames")
            #expect(found == ["a", "b"])
        }
        try await TestServer.with { asked, _ in
            let next = asked.uri.contains("Marker=1") ? "" : "<NextMarker>1</NextMarker>"
            return Told(
                body:
                    "<DistributionList><Items><DistributionSummary><Id>a</Id></DistributionSummary></Items>"
                    + "\(next)</DistributionList>"
            )
        } _: { server in
            let items = try await TestMachine(testKeys).withClient(server) {
                try await $0.items(.cloudFront, "ListDistributions", in: "DistributionList.Items.DistributionSummary")
            }
            #expect(items.count == 2)
        }
    }

    @Test func pagesThatRepeatThemselvesAreAnError() async throws {
        let (error, asked) = try await TestServer.with { _, _ in
            .json(#"{"NextToken": "same"}"#)
        } _: { server in
            let error = await #expect(throws: PlumbError.self) {
                _ = try await names(server, .sageMaker, "ListEndpoints", in: "Endpoints")
            }
            return (try #require(error), server.asked.count)
        }
        #expect(error.message.contains("do not end"))
        #expect(asked == 2)
    }
}
