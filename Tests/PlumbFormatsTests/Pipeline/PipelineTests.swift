// What the rendered pipelines are made of: order, rights, pins, and no text that becomes a command.

import Foundation
import PlumbModel
import Testing

@testable import PlumbFormats

struct PipelineTests {
    // MARK: - GitHub Actions

    private func jobs() throws -> [DocumentNode.Entry] {
        try #require(try PipelineExample.pipeline(.githubActions)["jobs"]).entries
    }

    @Test func jobsGoFromTheCheckToProductionAndItsEvidence() throws {
        let needs = try jobs().map { job in
            "\(job.key): \((job.value["needs"]?.items ?? []).compactMap(\.text).joined(separator: " "))"
        }
        #expect(
            needs == [
                "check: ", "staging: check", "soak: staging", "benchmark: staging", "plan: soak benchmark",
                "production: plan", "evidence: check staging soak benchmark plan production",
            ])
    }

    @Test func everyActionIsPinnedToACommit() throws {
        let uses = try PipelineExample.pipeline(.githubActions).values(of: "uses").compactMap(\.text)
        #expect(uses.count > 20)
        for action in uses {
            let pin = action.split(separator: "@").last ?? ""
            #expect(pin.count == 40 && pin.allSatisfy { $0.isHexDigit && !$0.isUppercase }, "\(action)")
        }
        let text = try #require(try PipelineExample.files(.githubActions).first).text
        for line in text.split(separator: "\n") where line.contains("uses:") {
            #expect(line.contains(/# v\d+\.\d+\.\d+$/), "\(line)")
        }
    }

    @Test func everyJobNamesItsRightsAndNoneHasMoreThanItNeeds() throws {
        let root = try PipelineExample.pipeline(.githubActions)
        let top = try #require(root["permissions"])
        #expect(top.entries.isEmpty)
        for job in try jobs() {
            let rights = try #require(job.value["permissions"]?.entries, "\(job.key)")
            let written = rights.filter { $0.value.text == "write" }.map(\.key)
            #expect(written == (job.key == "check" ? [] : ["id-token"]), "\(job.key)")
            #expect(job.value["timeout-minutes"] != nil, "\(job.key)")
        }
        #expect(root.at("concurrency", "group")?.text == "deliver-digits")
        #expect(root.at("concurrency", "cancel-in-progress")?.text == "false")
    }

    @Test func onlyPushesToTheMainBranchAndPeopleStartIt() throws {
        let root = try PipelineExample.pipeline(.githubActions)
        #expect(root["on"]?.entries.map(\.key) == ["push", "workflow_dispatch"])
        #expect(root.at("on", "push", "branches")?.items.compactMap(\.text) == ["main"])
        let text = try PipelineExample.files(.githubActions).map(\.text).joined()
        #expect(!text.contains("pull_request_target"))
        #expect(!text.contains("AWS_SECRET_ACCESS_KEY") && !text.contains("secrets."))
    }

    @Test func noTextBecomesAPartOfAScript() throws {
        let scripts = try PipelineExample.pipeline(.githubActions).values(of: "run").compactMap(\.text)
        #expect(scripts.count > 10)
        for script in scripts { #expect(!script.contains("${{"), "\(script)") }
    }

    @Test func aPathThatLooksLikeAnExpressionStaysAPath() throws {
        let path = "a b/${{ github.token }}/$(id)'.yaml"
        let file = try #require(try PipelineExample.files(.githubActions, specPath: path).first)
        let root = try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get().root
        #expect(root.at("env", "SPEC")?.text == "a b/${{ '${{' }} github.token }}/$(id)'.yaml")
        #expect(root.at("env", "SPEC_FOLDER")?.text == "a b/${{ '${{' }} github.token }}")
    }

    @Test func productionIsApprovedAndJudgedBeforeARoleIsTaken() throws {
        let job = try #require(try jobs().first { $0.key == "production" })
        #expect(job.value["environment"]?.text == "production")
        let steps = (job.value["steps"]?.items ?? []).compactMap { $0["name"]?.text }
        let order = [
            "Approved by another person", "Reviewed, staged and measured (OPS-3.4, OPS-3.5, PERF-2.4)",
            "Take the role of this environment", "Deploy", "What runs now is what ran in staging",
            "Hand on the evidence",
        ]
        #expect(steps.filter(order.contains) == order)
        let gate = try #require(job.value.values(of: "run").compactMap(\.text).first { $0.contains("plumb check") })
        #expect(gate.contains("--strict --only OPS-3.4,OPS-3.5,PERF-2.4"))
    }

    @Test func thePlanOfProductionIsMadeByARoleThatExecutesNothing() throws {
        let job = try #require(try jobs().first { $0.key == "plan" })
        #expect(job.value["environment"]?.text == "production-plan")
        #expect(!job.value.values(of: "run").contains { $0.text?.contains("stacks.py deploy") == true })
    }

    // MARK: - The limits of staging

    @Test func stagingIsHeldToTheLimitsOfItsAlarms() throws {
        let root = try PipelineExample.pipeline(.githubActions)
        #expect(root.at("env", "P99_LIMIT")?.text == "500")
        #expect(root.at("env", "ERROR_LIMIT")?.text == "1")
        #expect(root.at("env", "SOAK_MINUTES")?.text == "60")
        #expect(root.at("env", "STAGING_STACK")?.text == "digits-staging")
        #expect(root.at("env", "RECOVERY_REGION")?.text == "eu-west-1")
        #expect(root.at("env", "AUDIT_BUCKET")?.text == "digits-production-audit")
    }

    @Test(arguments: [
        ("", 34.0, 300.0), ("peakRequestsPerSecond: 40\n", 26.0, 385.0), ("peakRequestsPerSecond: 1\n", 1.0, 3_000.0),
    ])
    func aLoadTestIsStagingsShareOfThePeakAndLongEnough(extra: String, rate: Double, seconds: Double) throws {
        let yaml = ArchitectureExample.yaml + extra + "environments: {staging: {instances: {minimum: 1, initial: 1}}}\n"
        let root = try #require(try PipelineExample.files(.githubActions, yaml: yaml).first)
        let read = try SourceDocument.read(SourceFile(path: root.path, bytes: root.bytes)).get().root
        #expect(read.at("env", "RATE")?.text == RenderedValue.digits(rate))
        #expect(read.at("env", "SECONDS_OF_LOAD")?.text == RenderedValue.digits(seconds))
    }

    // MARK: - CodePipeline

    @Test func stagesGoFromTheSourceToProduction() throws {
        let root = try PipelineExample.pipeline(.codepipeline)
        let properties = try #require(root.at("Resources", "Pipeline", "Properties"))
        #expect(
            properties["Stages"]?.items.compactMap { $0["Name"]?.text } == [
                "Source", "Check", "Staging", "Proof", "Plan", "Approval", "Production",
            ])
        #expect(properties["PipelineType"]?.text == "V2")
        let made = properties.values(of: "OutputArtifacts").flatMap { $0.values(of: "Name") }.compactMap(\.text)
        let taken = properties.values(of: "InputArtifacts").flatMap { $0.values(of: "Name") }.compactMap(\.text)
        #expect(Set(taken).isSubset(of: made))
    }

    @Test func eachBuildRoleMayTakeOneRoleAtMost() throws {
        let resources = try #require(try PipelineExample.pipeline(.codepipeline)["Resources"]).entries
        let taken = resources.map { resource in
            let statements = resource.value.values(of: "Policies").flatMap { $0.values(of: "Statement") }
                .flatMap(\.items)
            return statements.filter { $0["Action"]?.text == "sts:AssumeRole" }.compactMap { $0["Resource"]?.text }
        }
        #expect(taken.allSatisfy { $0.count <= 1 })
        #expect(
            Set(taken.flatMap { $0 }.compactMap { $0.split(separator: "/").last }) == [
                "digits-delivery-staging", "digits-delivery-plan", "digits-delivery-production",
            ])
    }

    @Test(arguments: DeliveryPipeline.Format.allCases)
    func theTemplatesPassCfnLint(format: DeliveryPipeline.Format) throws {
        let folder = try PipelineExample.folder(format)
        defer { try? FileManager.default.removeItem(at: folder) }  // A folder left behind harms nobody.
        for file in try PipelineExample.files(format) where file.path.hasPrefix("pipeline/digits-") {
            guard file.path.hasSuffix(".yaml") else { continue }
            guard let run = try ProgramRun(["cfn-lint", file.path], in: folder) else { return }
            #expect(run.code == 0, "\(run.text)")
        }
    }

    // MARK: - Both

    @Test(arguments: DeliveryPipeline.Format.allCases)
    func theSameSpecGivesTheSameBytes(format: DeliveryPipeline.Format) throws {
        #expect(try PipelineExample.files(format) == PipelineExample.files(format))
    }

    @Test(arguments: DeliveryPipeline.Format.allCases)
    func everyProgramThatIsRunIsRendered(format: DeliveryPipeline.Format) throws {
        let files = try PipelineExample.files(format)
        let text = try #require(files.first).text
        let named = Set(text.matches(of: /(?:python3|bash) (pipeline\/[a-z.]+)/).map { String($0.1) })
        #expect(named.count >= 6)
        #expect(named.isSubset(of: files.map(\.path)))
    }

    @Test func theProgramsKnowTheTemplatesAndTheAlarmsInThem() throws {
        let parts = ["template"] + CloudFormationTemplates.Layer.allCases.map(\.name)
        let list = parts.map { "\"\($0)\"" }.joined(separator: ", ")
        #expect(PipelinePrograms.stacks.contains("PARTS = [\(list)]"))
        for alarm in RollbackAlarm.allCases { #expect(PipelinePrograms.soak.contains("\"\(alarm.id)\"")) }
        let graph = try ArchitectureExample.graph()
        for id in ["ArtifactBucket", "EndpointConfig"] { #expect(graph.resources.contains { $0.id == id }) }
    }

    @Test(arguments: DeliveryPipeline.Format.allCases)
    func theRolesThatPlanCannotExecute(format: DeliveryPipeline.Format) throws {
        let file = try #require(try PipelineExample.files(format).first { $0.path == "pipeline/digits-roles.yaml" })
        let root = try SourceDocument.read(SourceFile(path: file.path, bytes: file.bytes)).get().root
        func actions(_ role: String) throws -> Set<String> {
            let policies = try #require(root.at("Resources", role, "Properties", "Policies"))
            return Set(policies.values(of: "Action").flatMap { $0.items.isEmpty ? [$0] : $0.items }.compactMap(\.text))
        }
        #expect(!(try actions("PlanRole").contains("cloudformation:ExecuteChangeSet")))
        #expect(try actions("ProductionRole").contains("cloudformation:ExecuteChangeSet"))
        #expect(try actions("StagingRole").contains("sagemaker:InvokeEndpoint"))
        #expect(!(try actions("ProductionRole").contains("sagemaker:InvokeEndpoint")))
        for role in ["StagingRole", "PlanRole", "ProductionRole"] {
            #expect(try actions(role).allSatisfy { !$0.contains("*") })
        }
    }
}
