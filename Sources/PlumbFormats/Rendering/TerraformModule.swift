// A deployment as a Terraform module: one file a concern, with variables, outputs and the programs of its functions.

import PlumbModel

struct TerraformModule {
    let deployment: RenderedDeployment
    private let resources: [RenderedResource]

    init(_ deployment: RenderedDeployment) {
        self.deployment = deployment
        resources = deployment.resources()
    }

    func files() -> [RenderedFile] {
        let plan = deployment.plan
        let types = Dictionary(
            resources.compactMap { resource in resource.plan.map { (resource.id, $0) } },
            uniquingKeysWith: { first, _ in first })
        let texts = RenderedTextReader(ids: Set(types.keys), recoveryRegion: plan.recoveryRegion)
        var printer = TerraformPrinter(texts: texts, types: types, commonTags: plan.tags)
        var files: [RenderedFile] = []
        for concern in Concern.allCases {
            let own = resources.filter { $0.concern == concern }
            guard !own.isEmpty else { continue }
            let text = printer.print(own, title: "\(concern.title).")
            files.append(RenderedFile(path: "\(concern.rawValue).tf", text: text))
        }
        let main = [
            RenderedFile(path: "main.tf", text: main(printer.sources)),
            RenderedFile(path: "variables.tf", text: variables(printer.parameters)),
            RenderedFile(path: "outputs.tf", text: outputs()),
        ]
        return main + files + deployment.functionFiles()
    }

    // MARK: - main.tf

    private func main(_ sources: Set<TerraformPrinter.Source>) -> String {
        let plan = deployment.plan
        let hasRecovery = resources.contains { $0.region != nil }
        let upload = deployment.upload.map {
            [
                "#", "# \($0.reason)", "#   terraform apply -target=aws_s3_bucket.artifact_bucket",
                "#   \($0.command)",
            ]
        }
        var lines =
            ([
                "# ML endpoint \(plan.spec.name), \(plan.spec.environment.rawValue).",
                "# Rendered by plumb from its spec: change the spec, not these files.",
                "#",
                "# terraform init writes .terraform.lock.hcl, which belongs in version control; for every platform:",
                "# terraform providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_arm64",
                "#",
                "# The ids beside arguments name the controls that rest on them: `plumb explain ID` tells why.",
            ] + (upload ?? [])).map { HCLLine(0, $0) }
        lines += [
            HCLLine(0, ""), HCLLine(0, "terraform {"), HCLLine(2, "required_version", assign: "= \">= 1.6\""),
            HCLLine(0, ""), HCLLine(2, "required_providers {"), HCLLine(4, "aws = {"),
            HCLLine(6, "source", assign: "= \"hashicorp/aws\""), HCLLine(6, "version", assign: "= \"~> 5.100\""),
            HCLLine(4, "}"), HCLLine(2, "}"), HCLLine(0, "}"),
            HCLLine(0, ""), HCLLine(0, "# The region is the one that the environment or the profile says."),
            HCLLine(0, "provider \"aws\" {}"),
        ]
        if hasRecovery {
            lines += [
                HCLLine(0, ""), HCLLine(0, "provider \"aws\" {"), HCLLine(2, "alias", assign: "= \"recovery\""),
                HCLLine(2, "region", assign: "= var.recovery_region"), HCLLine(0, "}"),
            ]
        }
        for source in sources.sorted() { lines += data(source) }
        lines += [HCLLine(0, ""), HCLLine(0, "locals {"), HCLLine(2, "tags = {")]
        lines += plan.tags.sorted { $0.key < $1.key }.map {
            HCLLine(4, HCLText.quoted($0.key), assign: "= \(HCLText.quoted($0.value))")
        }
        return HCLText.text(lines + [HCLLine(2, "}"), HCLLine(0, "}")])
    }

    private func data(_ source: TerraformPrinter.Source) -> [HCLLine] {
        func empty(_ type: String, _ name: String) -> [HCLLine] {
            [HCLLine(0, ""), HCLLine(0, "data \"\(type)\" \"\(name)\" {}")]
        }
        func zones(_ name: String, _ provider: String?) -> [HCLLine] {
            var lines = [HCLLine(0, ""), HCLLine(0, "data \"aws_availability_zones\" \"\(name)\" {")]
            if let provider { lines += [HCLLine(2, "provider", assign: "= \(provider)")] }
            return lines + [HCLLine(2, "state", assign: "= \"available\""), HCLLine(0, "}")]
        }
        return switch source {
        case .caller: empty("aws_caller_identity", "current")
        case .partition: empty("aws_partition", "current")
        case .region: empty("aws_region", "current")
        case .zones: zones("available", nil)
        case .recoveryZones: zones("recovery", "aws.recovery")
        }
    }

    // MARK: - variables.tf and outputs.tf

    private func variables(_ parameters: [RenderedParameter]) -> String {
        var lines = [HCLLine(0, "# What may be set when it is deployed; defaults are the spec's values.")]
        for parameter in parameters.sorted(by: { $0.name < $1.name }) {
            let name = RenderedDeployment.snakeCase(parameter.name)
            lines += [HCLLine(0, ""), HCLLine(0, "variable \"\(name)\" {")]
            lines.append(HCLLine(2, "description", assign: "= \(HCLText.quoted(parameter.summary))"))
            let (type, condition, hint) = constraint(parameter, name)
            lines.append(HCLLine(2, "type", assign: "= \(type)"))
            switch parameter.standard {
            case .text(let text): lines.append(HCLLine(2, "default", assign: "= \(HCLText.quoted(text))"))
            case .number(let number):
                lines.append(HCLLine(2, "default", assign: "= \(RenderedValue.digits(number))"))
            default: break
            }
            lines += [
                HCLLine(0, ""), HCLLine(2, "validation {"), HCLLine(4, "condition", assign: "= \(condition)"),
                HCLLine(4, "error_message", assign: "= \(HCLText.quoted(hint))"), HCLLine(2, "}"), HCLLine(0, "}"),
            ]
        }
        return HCLText.text(lines)
    }

    private func constraint(
        _ parameter: RenderedParameter, _ name: String
    ) -> (type: String, condition: String, hint: String) {
        switch parameter.kind {
        case .number(let bounds):
            let (low, high) = (bounds.lowerBound, bounds.upperBound)
            return ("number", "var.\(name) >= \(low) && var.\(name) <= \(high)", "A number from \(low) to \(high).")
        case .text(let pattern, let hint):
            return ("string", "can(regex(\(HCLText.quoted(pattern)), var.\(name)))", hint)
        }
    }

    private func outputs() -> String {
        var lines = [HCLLine(0, "# What people and pipelines look for after a deployment.")]
        for output in deployment.outputs {
            guard let type = resources.first(where: { $0.id == output.id })?.plan else { continue }
            lines += [
                HCLLine(0, ""), HCLLine(0, "output \"\(RenderedDeployment.snakeCase(output.name))\" {"),
                HCLLine(2, "description", assign: "= \(HCLText.quoted(output.summary))"),
                HCLLine(
                    2, "value", assign: "= \(type).\(RenderedDeployment.snakeCase(output.id)).\(output.plan)"),
                HCLLine(0, "}"),
            ]
        }
        return HCLText.text(lines)
    }
}
