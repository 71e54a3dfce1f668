// The lens that AWS's tool imports, and the answers that its API takes.

import Foundation
import PlumbPolicy
import PlumbTesting
import Testing

extension RenderedToolsTests {
    @Suite struct LensToolsTests {
        private struct Lens: Decodable {
            struct Text: Decodable { var displayText: String }
            struct Choice: Decodable {
                var id: String
                var title: String
                var helpfulResource: Text?
                var improvementPlan: Text?
            }
            struct Rule: Decodable {
                var condition: String
                var risk: String
            }
            struct Question: Decodable {
                var id: String
                var title: String
                var description: String
                var choices: [Choice]
                var riskRules: [Rule]
            }
            struct Pillar: Decodable {
                var id: String
                var questions: [Question]
            }
            var schemaVersion: String
            var pillars: [Pillar]
        }

        @Test func theLensHasEveryControlAndKeepsTheToolsLimits() throws {
            let run = try Tool.plumb.run("evidence", "lens")
            let lens = try JSONDecoder().decode(Lens.self, from: Data(run.output.utf8))
            let questions = lens.pillars.flatMap(\.questions)
            let choices = questions.flatMap(\.choices)
            #expect(lens.schemaVersion == "2021-11-01" && run.output.utf8.count < 500_000)
            #expect(lens.pillars.count == 5 && questions.count == 15 && choices.count == 95 + 15)
            let ids = lens.pillars.map(\.id) + questions.map(\.id) + choices.map(\.id)
            #expect(Set(ids).count == ids.count)
            #expect(ids.allSatisfy { (3...128).contains($0.count) && $0.wholeMatch(of: /[A-Za-z0-9_]+/) != nil })
            #expect((questions.map(\.title) + choices.map(\.title)).allSatisfy { (1...128).contains($0.count) })
            let texts = choices.flatMap { [$0.helpfulResource, $0.improvementPlan] }.compactMap { $0?.displayText }
            #expect(texts.count == 2 * 95 && texts.allSatisfy { (1...2048).contains($0.count) })
            for question in questions {
                #expect(question.choices.count <= 15 && question.choices.last?.id == "\(question.id)_no")
                #expect(question.riskRules.first?.risk == "NO_RISK" && question.riskRules.last?.condition == "default")
                let named = question.riskRules.dropLast().flatMap { $0.condition.split(separator: " && ") }
                #expect(Set(named.map(String.init)) == Set(question.choices.dropLast().map(\.id)))
            }
        }

        @Test(.enabled(if: Tool.hasAWSTools, "scripts/aws-tools.sh installs botocore"))
        func theAnswersAreWhatTheReportSaysAndWhatTheAPITakes() throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "plumb-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let spec = Repository.root.appending(path: "Examples/aws/plumb.yaml").path
            let report = try Tool.plumb.run("check", spec, "--format", "json", "--no-strict")
            try report.output.write(to: folder.appending(path: "check.json"), atomically: true, encoding: .utf8)
            let answers = try Tool.plumb.run("evidence", "lens", "--answers", "check.json", in: folder)
            try answers.output.write(to: folder.appending(path: "answers.json"), atomically: true, encoding: .utf8)
            let check = """
                import json, botocore.loaders, botocore.model, botocore.validate
                loader = botocore.loaders.Loader()
                model = botocore.model.ServiceModel(loader.load_service_model('wellarchitected', 'service-2'))
                shape = model.operation_model('UpdateAnswer').input_shape
                report = {c['id'].replace('-', '_').replace('.', '_'): c['verdict']
                          for c in json.load(open('check.json'))['controls']}
                answers = json.load(open('answers.json'))
                selected = set()
                for answer in answers:
                    answer |= {'WorkloadId': '0' * 32, 'LensAlias': 'plumbline'}
                    errors = botocore.validate.ParamValidator().validate(answer, shape)
                    assert not errors.has_errors(), errors.generate_report()
                    selected |= {choice for choice in answer['SelectedChoices'] if not choice.endswith('_no')}
                    for update in answer['ChoiceUpdates'].values():
                        assert update['Status'] in shape.members['ChoiceUpdates'].value.members['Status'].enum
                        assert len(update['Notes']) <= 250
                assert len(answers) == 15 and len(report) == 95
                held = {name for name, verdict in report.items() if verdict in ('holds', 'attested')}
                assert selected == held and 10 < len(held) < 95, (len(selected), len(held))
                """
            let python = Tool(path: Repository.root.appending(path: ".build/aws-tools/bin/python").path)
            let run = try python.run("-c", check, in: folder)
            #expect(run.status == 0, "\(run.text)")
            let odd = try Tool.plumb.run("evidence", "lens", "--answers", "answers.json", in: folder)
            #expect(odd.status == 2 && odd.errors.contains("no report of plumb check"), "\(odd.text)")
        }
    }
}
