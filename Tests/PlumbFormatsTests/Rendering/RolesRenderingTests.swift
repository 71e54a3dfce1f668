// Roles and their documents, printed and read back.

import PlumbModel
import Testing

@testable import PlumbFormats

@Suite struct RolesRenderingTests {
    @Test(arguments: Environment.allCases)
    func rolesAreReadBackAsTheyWereCompiled(_ environment: Environment) throws {
        let trip = try RenderedRoundTrip(ArchitectureExample.spec(environment))
        #expect(!trip.compiled.roles.isEmpty)
        trip.expectSame(\.roles)
    }

    @Test func everyRoleHasADocumentOfItsOwnAndNoneInside() throws {
        let spec = try ArchitectureExample.spec()
        for tongue in [Tongue.template, .plan] {
            let deployment = RenderedDeployment(spec, asOf: ArchitectureExample.today, in: tongue)
            let resources = deployment.roles()
            for role in deployment.graph.roles {
                let rendered = try #require(resources.first { $0.id == role.id })
                #expect(!rendered.fields.contains { $0.template == "Policies" || $0.plan == "inline_policy" })
                let document = try #require(resources.first { $0.id == "\(role.id)Policy" })
                #expect(document.fields.contains { $0.value == .link(role.id, template: nil, plan: "id") })
            }
        }
    }

    /// IAM counts all inline documents of a role together, without blanks; a second one would not help.
    @Test func documentsFitWhatIAMTakesEvenWithTheLongestNames() throws {
        let name = String(repeating: "n", count: 63)
        let spec = try ArchitectureExample.spec(overlay: "instances: {zones: 6, minimum: 6, maximum: 6, initial: 6}")
        let long = SpecReader.read(
            ArchitectureExample.yaml.replacing("name: digits", with: "name: \(name)"), file: "plumb.yaml",
            environment: .production)
        for spec in [spec, try #require(long.spec)] {
            let graph = Architecture.compile(spec, asOf: ArchitectureExample.today)
            for role in graph.roles {
                let documents = role.policies.value ?? []
                #expect(documents.count == 1)
                for document in documents {
                    let text = RenderedValue.policy(document).jsonText { text in
                        // What an ARN of one of the deployment's own things comes to.
                        text.replacing(/\$\{[A-Za-z0-9]+\.[A-Za-z]+\}/, with: String(repeating: "a", count: 110))
                            .replacing(/\$\{AWS::[A-Za-z]+\}/, with: "ap-southeast-2")
                    }
                    let size = text.count { !$0.isWhitespace }
                    #expect(size <= 10_240, "\(role.id): \(size)")
                }
            }
        }
    }

    @Test func oneValueIsATextAndSeveralAreAList() {
        let document = PolicyDocument([
            PolicyStatement(.allow, sid: "One") {
                $0.principals = [PolicyPrincipal("Service", "a"), PolicyPrincipal("AWS", "b"), .init("Service", "c")]
                $0.actions = ["s3:GetObject"]
                $0.resources = ["x", "y"]
                $0.conditions = [
                    PolicyCondition("StringEquals", "k1", ["v"]), PolicyCondition("Null", "k2", ["false"]),
                    PolicyCondition("StringEquals", "k3", ["v", "w"]),
                ]
            },
            PolicyStatement(.deny) {
                $0.principals = [.anyone]
                $0.notActions = ["s3:*"]
                $0.notResources = ["*"]
            },
        ])
        let text = RenderedValue.policy(document).jsonText { $0 }.filter { !$0.isWhitespace }
        #expect(
            text == #"{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Principal":"#
                + #"{"Service":["a","c"],"AWS":"b"},"Action":"s3:GetObject","Resource":["x","y"],"Condition":"#
                + #"{"StringEquals":{"k1":"v","k3":["v","w"]},"Null":{"k2":"false"}}},"#
                + #"{"Effect":"Deny","Principal":"*","NotAction":"s3:*","NotResource":"*"}]}"#)
    }

    @Test func documentsNameTheControlsThatRestOnThem() throws {
        let deployment = RenderedDeployment(
            try ArchitectureExample.spec(), asOf: ArchitectureExample.today, in: .template)
        func controls(_ id: String) -> Set<String> {
            Set(deployment.roles().filter { $0.id == id }.flatMap { $0.controls + $0.fields.flatMap(\.controls) })
        }
        #expect(controls("ExecutionRolePolicy").isSuperset(of: ["SEC-2.1", "SEC-2.5", "SEC-2.6", "OPS-2.8"]))
        #expect(controls("DeployRolePolicy").isSuperset(of: ["SEC-2.1", "SEC-2.2", "SEC-2.5", "SEC-2.6"]))
        #expect(controls("InvokeRolePolicy").contains("SEC-2.6"))
        #expect(controls("ProbeRole").contains("SEC-2.3"))
        #expect(!controls("AuditRolePolicy").contains("OPS-2.8"))
    }
}
