// The builds of the pipeline in AWS: what each takes in, what it runs, what it hands on.

/// One build.
enum CodeBuildProject: CaseIterable {
    case check, staging, soak, benchmark, plan, production

    static var all: [CodeBuildProject] { allCases }

    var id: String {
        switch self {
        case .check: "Check"
        case .staging: "Staging"
        case .soak: "Soak"
        case .benchmark: "Benchmark"
        case .plan: "Plan"
        case .production: "Production"
        }
    }

    /// Staging is watched and loaded as the role that deployed it.
    var roleSuffix: String {
        switch self {
        case .check: "check"
        case .staging, .soak, .benchmark: "staging"
        case .plan: "plan"
        case .production: "production"
        }
    }

    var hasOwnRole: Bool { self != .soak && self != .benchmark }
    var roleID: String { hasOwnRole ? "\(id)Role" : "StagingRole" }

    /// The parameter that names the account it works in; nil where it needs none.
    var account: String? {
        switch self {
        case .check: nil
        case .staging, .soak, .benchmark: "StagingAccount"
        case .plan, .production: "ProductionAccount"
        }
    }

    var minutes: Int {
        switch self {
        case .check: 20
        case .staging, .production: 240
        case .soak: 90
        case .benchmark: 75
        case .plan: 45
        }
    }

    /// The first one is where it runs: all others have what the check handed on.
    var inputs: [String] {
        switch self {
        case .check: ["Source"]
        case .production: ["Checked", "Staged", "Soaked", "Benchmarked", "Planned"]
        case .staging, .soak, .benchmark, .plan: ["Checked"]
        }
    }

    var output: String {
        switch self {
        case .check: "Checked"
        case .staging: "Staged"
        case .soak: "Soaked"
        case .benchmark: "Benchmarked"
        case .plan: "Planned"
        case .production: "Delivered"
        }
    }

    // MARK: - What it runs

    var buildSpec: String {
        let tools = self == .check || self == .production ? "plumb python" : "python"
        let files = self == .check ? "'**/*'" : "delivery/evidence/**/*"
        var lines = [
            "version: 0.2", "env:", "  shell: bash", "phases:", "  install:", "    commands:",
            "      - bash pipeline/tools.sh \(tools)", "  build:", "    commands:", "      - |",
            "        set -euo pipefail",
            #"        export PATH="$HOME/.plumbline/python/bin:$HOME/.plumbline:$PATH""#,
            "        mkdir -p delivery/evidence",
        ]
        lines += script.split(separator: "\n", omittingEmptySubsequences: false).map { "        " + $0 }
        if self == .production {
            // Also when the delivery was refused or went back: that is evidence too.
            lines += ["  post_build:", "    commands:", "      - |"]
            lines += (Self.takeRole + "\n" + Self.keepEvidence).split(separator: "\n").map { "        " + $0 }
        }
        lines += ["artifacts:", "  files:", "    - \(files)"]
        if self == .check { lines += ["  exclude-paths:", "    - .git/**/*"] }
        return lines.joined(separator: "\n")
    }

    private var script: String {
        switch self {
        case .check: "python3 pipeline/record.py change --out delivery/evidence/change.json\nbash pipeline/check.sh"
        case .staging:
            [
                Self.takeRole, Self.stacks("plan", "staging"), Self.stacks("deploy", "staging"), Self.running,
            ].joined(separator: "\n")
        case .soak: Self.takeRole + "\n" + Self.soaking
        case .benchmark: Self.takeRole + "\n" + Self.loading
        case .plan: Self.takeRole + "\n" + Self.stacks("plan", "production")
        case .production:
            [
                Self.collect, Self.approval, GitHubWorkflow.gate, Self.takeRole,
                Self.stacks("deploy", "production"), GitHubWorkflow.sameAsStaging,
            ].joined(separator: "\n")
        }
    }

    /// Taken through the configuration, so that it is renewed when an hour is over.
    private static let takeRole = #"""
        export AWS_CONFIG_FILE="$HOME/.plumbline/config"
        printf '[default]\nrole_arn = %s\nrole_session_name = %s\ncredential_source = EcsContainer\n' \
          "$DELIVERY_ROLE_ARN" "deliver-$EXECUTION" > "$AWS_CONFIG_FILE"
        """#

    private static func stacks(_ action: String, _ environment: String) -> String {
        let prefix = environment.uppercased()
        let rest =
            action == "plan"
            ? "--out delivery/evidence/plan-\(environment).json"
            : #"""
            --endpoint "$ENDPOINT" --plan delivery/evidence/plan-\#(environment).json \
              --model "$ARTEFACT" --example "$EXAMPLE" --spec-folder "$SPEC_FOLDER"
            """#
        return #"""
            python3 pipeline/stacks.py \#(action) --stack "$\#(prefix)_STACK" --region "$\#(prefix)_REGION" \
              --recovery-region "$RECOVERY_REGION" --rendered delivery/rendered/\#(environment) \
              --parameters pipeline/parameters-\#(environment).json --role "$CLOUDFORMATION_ROLE_ARN" \
              --change-set "delivery-$EXECUTION" \
              \#(rest)
            """#
    }

    private static let running = #"""
        python3 pipeline/record.py running --endpoint "$ENDPOINT" --region "$STAGING_REGION" \
          --out delivery/evidence/running-staging.json
        """#

    private static let soaking = #"""
        python3 pipeline/soak.py --stack "$STAGING_STACK" --endpoint "$ENDPOINT" --region "$STAGING_REGION" \
          --minutes "$SOAK_MINUTES" --out delivery/evidence/soak.json
        """#

    private static let loading = #"""
        python3 pipeline/benchmark.py --endpoint "$ENDPOINT" --region "$STAGING_REGION" \
          --content-type "$CONTENT_TYPE" --file "$REQUEST" --rate "$RATE" --seconds "$SECONDS_OF_LOAD" \
          --concurrency "$CONCURRENCY" --p99-limit "$P99_LIMIT" --error-limit "$ERROR_LIMIT" \
          --out delivery/evidence/benchmark.json
        """#

    private static let collect = #"""
        for handed in "$CODEBUILD_SRC_DIR_Staged" "$CODEBUILD_SRC_DIR_Soaked" "$CODEBUILD_SRC_DIR_Benchmarked" \
          "$CODEBUILD_SRC_DIR_Planned"; do
          cp -r "$handed/delivery/evidence/." delivery/evidence/
        done
        """#

    private static let approval = #"""
        AWS_DEFAULT_REGION="$AWS_REGION" python3 pipeline/record.py approval --pipeline "$PIPELINE_NAME" \
          --execution "$EXECUTION" --action Approve --change delivery/evidence/change.json \
          --out delivery/evidence/approval.json
        """#

    private static let keepEvidence = #"""
        DELIVERY="$ENDPOINT/$EXECUTION" REGION="$PRODUCTION_REGION" bash pipeline/keep.sh
        """#
}
