// The tables of services, operations and pages against AWS's own models.

import Foundation
import Testing

@testable import PlumbAWS

struct TableTests {
    struct Service: Decodable, Sendable {
        struct Operation: Decodable, Sendable {
            let method, uri: String
            let members: [String: String]
            let payload, answer: String?
        }
        let endpointPrefix, signingName, apiVersion: String
        let jsonVersion, targetPrefix: String?
        let protocols: [String]
        let operations: [String: Operation]
        let pages: [String: [String]]
    }

    static func tables() throws -> [String: Service] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/tables.json")
        return try JSONDecoder().decode([String: Service].self, from: Data(contentsOf: file))
    }

    @Test(arguments: AWSService.all)
    func everyServiceIsAskedAsItsModelSays(_ service: AWSService) throws {
        let model = try #require(try Self.tables()[service.id], "scripts/aws-tables.py writes the models")
        #expect(service.endpointPrefix == model.endpointPrefix)
        #expect(service.signingName == model.signingName)
        switch service.wire {
        case .json(let version, let target):
            #expect(model.protocols.contains("json"))
            #expect(version == model.jsonVersion)
            #expect(target == model.targetPrefix)
        case .query(let version):
            #expect(model.protocols.contains("query"))
            #expect(version == model.apiVersion)
        case .ec2(let version):
            #expect(model.protocols == ["ec2"])
            #expect(version == model.apiVersion)
        case .restJSON: #expect(model.protocols == ["rest-json"])
        case .restXML: #expect(model.protocols == ["rest-xml"])
        }
    }

    @Test(arguments: AWSService.all.filter { $0.wire == .restJSON || $0.wire == .restXML })
    func everyBindingIsThatOfTheModel(_ service: AWSService) throws {
        let models = try #require(try Self.tables()[service.id]).operations
        let bindings = RESTBinding.of(service)
        #expect(!bindings.isEmpty)
        for (name, binding) in bindings {
            let model = try #require(models[name], "\(service.id) has no \(name)")
            #expect(binding.method == model.method, "\(name)")
            // In a path the model writes the name of the wire, and a binding the member's.
            var uri = binding.path
            for (member, place) in model.members where place.hasPrefix("path ") {
                let wire = place.dropFirst("path ".count)
                uri = uri.replacing("{\(member)}", with: "{\(wire)}").replacing("{\(member)+}", with: "{\(wire)+}")
            }
            #expect(uri == model.uri, "\(name)")
            for (member, wire) in binding.query { #expect(model.members[member] == "query \(wire)", "\(name)") }
            for (member, wire) in binding.headers {
                #expect(model.members[member]?.lowercased() == "header \(wire)".lowercased(), "\(name)")
            }
            switch binding.body {
            case .json: #expect(model.payload == nil, "\(name)")
            case .raw(let member), .xml(let member, _): #expect(model.payload == member, "\(name)")
            }
            switch binding.answer {
            case .output: #expect(model.answer == nil, "\(name)")
            case .member("LocationConstraint"): #expect(name == "GetBucketLocation")
            case .member(let member), .text(let member), .data(let member): #expect(model.answer == member, "\(name)")
            }
        }
    }

    @Test(arguments: AWSService.all)
    func everyCallPagesAsItsModelSays(_ service: AWSService) throws {
        let model = try #require(try Self.tables()[service.id])
        let isREST = service.wire == .restJSON || service.wire == .restXML
        for (operation, tokens) in model.pages where !isREST || RESTBinding.of(service)[operation] != nil {
            // The members of these answers begin with a small letter on the wire.
            let isSmall = service == .ec2 || service == .apiGatewayV2
            let output = isSmall ? tokens[0].prefix(1).lowercased() + tokens[0].dropFirst() : tokens[0]
            #expect(PageTokens.of(service, operation) == PageTokens(output, tokens[1]), "\(operation)")
        }
    }

    @Test func settingNamesAreAWSs() {
        #expect(AWSService.costExplorer.settingName == "cost_explorer")
        #expect(AWSService.applicationAutoScaling.settingName == "application_auto_scaling")
        #expect(AWSService.sageMaker.settingName == "sagemaker")
    }
}
