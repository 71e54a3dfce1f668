// Renders the pipeline that brings a spec to production: check, staging, soak and load, another person's approval,
// production, evidence.
//
// Reading order: Delivery.swift (what is asked of the specs), GitHubWorkflow.swift and CodePipelineTemplate.swift (the
// two pipelines), DeliveryRoles.swift (what they may do in the accounts), PipelinePrograms+….swift (the programs that
// both run).

public import PlumbModel

/// A delivery pipeline for one endpoint.
public enum DeliveryPipeline {
    /// What runs the pipeline.
    public enum Format: String, Sendable, Hashable, CaseIterable, Codable {
        case githubActions = "github-actions"
        case codepipeline
    }

    /// The pipeline's files, the same bytes for the same spec; their paths start at the repository's root.
    ///
    /// - Parameters:
    ///   - production: The endpoint as it is in production.
    ///   - staging: The same endpoint as it is in staging.
    ///   - specPath: Where the spec lies in its repository, such as `plumb.yaml`.
    ///   - format: What runs the pipeline.
    /// - Returns: The pipeline first, then what it runs.
    public static func files(
        of production: Spec, staging: Spec, specPath: String, as format: Format
    ) -> [RenderedFile] {
        let delivery = Delivery(production: production, staging: staging, specPath: specPath, format: format)
        let pipeline =
            switch format {
            case .githubActions:
                RenderedFile(
                    path: ".github/workflows/deliver-\(delivery.name).yml",
                    text: GitHubWorkflow(delivery: delivery).text)
            case .codepipeline:
                RenderedFile(
                    path: "pipeline/\(delivery.name)-pipeline.yaml", text: CodePipelineTemplate(delivery: delivery).text
                )
            }
        let roles = RenderedFile(
            path: "pipeline/\(delivery.name)-roles.yaml", text: DeliveryRoles(delivery: delivery).text)
        return [pipeline, roles] + delivery.requestFile + PipelinePrograms.files
    }
}

/// What both pipelines run. Each program knows its deployment only through its arguments and environment.
enum PipelinePrograms {
    static var files: [RenderedFile] {
        [
            ("check.sh", check), ("stacks.py", stacks), ("soak.py", soak), ("benchmark.py", benchmark),
            ("record.py", record), ("keep.sh", keep), ("tools.sh", tools), ("requirements.txt", requirements),
        ].map { RenderedFile(path: "pipeline/\($0.0)", text: $0.1) }
    }
}
