// The pipeline as a workflow of GitHub Actions.
//
// Actions are pinned by commit, since a tag can be moved. What comes from events, variables or the spec reaches a
// script through its environment alone, so that no text becomes a command. Roles are taken by OIDC; there is no key to
// keep.

import PlumbModel

struct GitHubWorkflow {
    let delivery: Delivery

    private static let checkout = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
    private static let credentials =
        "aws-actions/configure-aws-credentials@e3dd6a429d7300a6a4c196c26e071d42e0343502 # v4.0.2"
    private static let upload = "actions/upload-artifact@b4b15b8c7c6ac21ea08fcf65892d2ee8f75cf882 # v4.4.3"
    private static let download = "actions/download-artifact@fa0a91b85d4f404e444e00e005971372dc801d16 # v4.1.8"
    /// What GitHub keeps artifacts for at most in a public repository.
    private static let retentionDays = 90

    var text: String {
        ([head] + [check, staging, soak, load, plan, approved, kept].map { $0.indented(by: 2) })
            .joined(separator: "\n")
    }

    // MARK: - The head

    private var head: String {
        """
        # Rendered by plumb from \(Self.commented(delivery.specPath)): render it anew when the spec changes.
        #
        # To be set up once (docs/PIPELINES.md):
        #   - \(delivery.name)-roles.yaml deployed in the account of staging and in that of production;
        #   - variables of the repository: PLUMB_URL and PLUMB_SHA256, the plumb binary and its digest;
        #   - environments, each with the variables AWS_ROLE_ARN and CLOUDFORMATION_ROLE_ARN:
        #       staging          deploys from the main branch alone
        #       production-plan  the same
        #       production       the same, with required reviewers, "Prevent self-review" on, and administrators not
        #                        allowed to bypass; the job asks GitHub who approved, and refuses an author's approval.
        name: Deliver \(delivery.name)

        on:
          push:
            branches: [main]
          workflow_dispatch:

        # No job has a right that it does not name.
        permissions: {}

        # One delivery at a time, and none is stopped half-way.
        concurrency:
          group: deliver-\(delivery.name)
          cancel-in-progress: false

        defaults:
          run:
            # With -e and -o pipefail.
            shell: bash

        env:
        \(settings.indented(by: 2))

        jobs:
        """
    }

    private var settings: String {
        delivery.settings.map { "\($0.key): \(Self.literal($0.value))" }.joined(separator: "\n")
    }

    /// A text as itself: neither YAML nor GitHub's expressions find anything in it.
    private static func literal(_ text: String) -> String {
        YAMLText.scalar(text.replacing("${{", with: "${{ '${{' }}"))
    }

    private static func commented(_ text: String) -> String { text.filter { !$0.isNewline } }

    // MARK: - Jobs

    private var check: String {
        #"""
        # Judges the spec and its templates and packs the artefact: what all later jobs deploy.
        check:
          runs-on: ubuntu-24.04
          timeout-minutes: 20
          permissions:
            contents: read
            pull-requests: read
          steps:
        \#(checkout(withLargeFiles: true))
        \#(tools("plumb python"))
            - name: Who changed what
              env:
                GH_TOKEN: ${{ github.token }}
              run: |
                mkdir -p delivery/evidence
                gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA" > "$RUNNER_TEMP/commit.json"
                gh api "repos/$GITHUB_REPOSITORY/commits/$GITHUB_SHA/pulls" > "$RUNNER_TEMP/pulls.json"
                python3 pipeline/record.py change --commit-file "$RUNNER_TEMP/commit.json" \
                  --pulls-file "$RUNNER_TEMP/pulls.json" --started-by "$GITHUB_ACTOR" \
                  --out delivery/evidence/change.json
            - name: Check
              env:
                CHECK_FORMAT: github
                FAIL_ON: ${{ vars.PLUMB_FAIL_ON || 'low' }}
              run: bash pipeline/check.sh
            - name: Hand on what was rendered and packed
              uses: \#(Self.upload)
              with:
                name: delivery
                path: |
                  delivery/rendered
                  delivery/artefact
                if-no-files-found: error
                retention-days: 14
        \#(evidence("check"))

        """#
    }

    private var staging: String {
        #"""
        staging:
          needs: [check]
          runs-on: ubuntu-24.04
          timeout-minutes: 240
          environment: staging
          permissions:
            contents: read
            id-token: write
          steps:
        \#(checkout())
        \#(tools("python"))
        \#(fetch())
        \#(role("STAGING_REGION", seconds: 14_400))
        \#(planStep("staging"))
        \#(deployStep("staging"))
            - name: What runs now
              run: |
                python3 pipeline/record.py running --endpoint "$ENDPOINT" --region "$STAGING_REGION" \
                  --out delivery/evidence/running-staging.json
        \#(evidence("staging"))

        """#
    }

    private var soak: String {
        #"""
        # An hour in which no alarm of the deployment may fire, under the load of the job below.
        soak:
          needs: [staging]
          runs-on: ubuntu-24.04
          timeout-minutes: 90
          environment: staging
          permissions:
            contents: read
            id-token: write
          steps:
        \#(checkout())
        \#(tools("python"))
        \#(role("STAGING_REGION", seconds: 5_400))
            - name: Soak
              run: |
                mkdir -p delivery/evidence
                python3 pipeline/soak.py --stack "$STAGING_STACK" --endpoint "$ENDPOINT" --region "$STAGING_REGION" \
                  --minutes "$SOAK_MINUTES" --out delivery/evidence/soak.json
        \#(evidence("soak"))

        """#
    }

    private var load: String {
        #"""
        benchmark:
          needs: [staging]
          runs-on: ubuntu-24.04
          timeout-minutes: 75
          environment: staging
          permissions:
            contents: read
            id-token: write
          steps:
        \#(checkout())
        \#(tools("python"))
        \#(role("STAGING_REGION", seconds: 5_400))
            - name: Benchmark
              run: |
                mkdir -p delivery/evidence
                python3 pipeline/benchmark.py --endpoint "$ENDPOINT" --region "$STAGING_REGION" \
                  --content-type "$CONTENT_TYPE" --file "$REQUEST" --rate "$RATE" --seconds "$SECONDS_OF_LOAD" \
                  --concurrency "$CONCURRENCY" --p99-limit "$P99_LIMIT" --error-limit "$ERROR_LIMIT" \
                  --out delivery/evidence/benchmark.json
        \#(evidence("benchmark"))

        """#
    }

    private var plan: String {
        #"""
        # What would change in production, for whoever approves it; this role can execute nothing.
        plan:
          needs: [soak, benchmark]
          runs-on: ubuntu-24.04
          timeout-minutes: 45
          environment: production-plan
          permissions:
            contents: read
            id-token: write
          steps:
        \#(checkout())
        \#(tools("python"))
        \#(fetch())
        \#(role("PRODUCTION_REGION"))
        \#(planStep("production"))
        \#(evidence("plan"))

        """#
    }

    private var approved: String {
        #"""
        # Waits for the reviewers of the environment, then makes sure itself that another person approved.
        production:
          needs: [plan]
          runs-on: ubuntu-24.04
          timeout-minutes: 240
          environment: production
          permissions:
            contents: read
            actions: read
            id-token: write
          steps:
        \#(checkout())
        \#(tools("plumb python"))
        \#(fetch())
        \#(fetchEvidence())
            - name: Approved by another person
              env:
                GH_TOKEN: ${{ github.token }}
              run: |
                gh api "repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/approvals" > "$RUNNER_TEMP/approvals.json"
                python3 pipeline/record.py approval --approvals "$RUNNER_TEMP/approvals.json" --environment production \
                  --change delivery/evidence/change.json --out delivery/evidence/approval.json
            - name: Reviewed, staged and measured (OPS-3.4, OPS-3.5, PERF-2.4)
              run: |
        \#(Self.gate.indented(by: 8))
        \#(role("PRODUCTION_REGION", seconds: 14_400))
        \#(deployStep("production"))
            - name: What runs now is what ran in staging
              run: |
        \#(Self.sameAsStaging.indented(by: 8))
        \#(evidence("production"))

        """#
    }

    private var kept: String {
        #"""
        # Everything that was found out, in one place, also when the delivery ended early.
        evidence:
          needs: [check, staging, soak, benchmark, plan, production]
          if: ${{ always() && needs.check.result != 'cancelled' }}
          runs-on: ubuntu-24.04
          timeout-minutes: 15
          environment: production-plan
          permissions:
            contents: read
            id-token: write
          steps:
        \#(checkout())
        \#(fetchEvidence())
            # GitHub keeps it for \#(Self.retentionDays) days, which is all it allows in public repositories; the audit
            # bucket keeps it for as long as the spec's retentionDays say.
            - name: Keep the evidence here
              uses: \#(Self.upload)
              with:
                name: evidence
                path: delivery/evidence
                retention-days: \#(Self.retentionDays)
        \#(role("PRODUCTION_REGION"))
            - name: Keep the evidence in the audit bucket
              run: |
                DELIVERY="$ENDPOINT/$GITHUB_SHA/$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT" REGION="$PRODUCTION_REGION" \
                  bash pipeline/keep.sh

        """#
    }

    /// The three controls that only a pipeline can prove, judged on the spec with its provenance; an unknown is a no.
    static let gate = #"""
        python3 pipeline/record.py release --spec "$SPEC" --change delivery/evidence/change.json \
          --approval delivery/evidence/approval.json --running delivery/evidence/running-staging.json \
          --soak delivery/evidence/soak.json --benchmark delivery/evidence/benchmark.json \
          --instance-type "$INSTANCE_TYPE" --out "$RELEASE_SPEC"
        plumb check "$RELEASE_SPEC" --environment production --strict --only OPS-3.4,OPS-3.5,PERF-2.4 \
          --output json=delivery/evidence/check-release.json --output sarif=delivery/evidence/check-release.sarif
        """#

    static let sameAsStaging = #"""
        python3 pipeline/record.py running --endpoint "$ENDPOINT" --region "$PRODUCTION_REGION" \
          --like delivery/evidence/running-staging.json --out delivery/evidence/running-production.json
        """#
}

// The steps that several jobs share
extension GitHubWorkflow {
    private func checkout(withLargeFiles: Bool = false) -> String {
        """
            - uses: \(Self.checkout)
              with:
                persist-credentials: false\(withLargeFiles ? "\n        lfs: true" : "")
        """
    }

    private func tools(_ names: String) -> String {
        let isPlumb = names.contains("plumb")
        let settings = """

                  env:
                    PLUMB_URL: ${{ vars.PLUMB_URL }}
                    PLUMB_SHA256: ${{ vars.PLUMB_SHA256 }}
            """
        return """
                - name: Tools
                  run: bash pipeline/tools.sh \(names)\(isPlumb ? settings : "")
            """
    }

    private func role(_ region: String, seconds: Int = 3_600) -> String {
        """
            - name: Take the role of this environment
              uses: \(Self.credentials)
              with:
                role-to-assume: ${{ vars.AWS_ROLE_ARN }}
                role-session-name: deliver-${{ github.run_id }}
                role-duration-seconds: \(seconds)
                aws-region: ${{ env.\(region) }}
        """
    }

    private func fetch() -> String {
        """
            - name: What was rendered and packed
              uses: \(Self.download)
              with:
                name: delivery
                path: delivery
        """
    }

    private func fetchEvidence() -> String {
        """
            - name: What was found out
              uses: \(Self.download)
              with:
                pattern: evidence-*
                merge-multiple: true
                path: delivery/evidence
        """
    }

    private func evidence(_ job: String) -> String {
        """
            - name: Hand on the evidence
              if: ${{ always() }}
              uses: \(Self.upload)
              with:
                name: evidence-\(job)
                path: delivery/evidence
                overwrite: true
                retention-days: 14
        """
    }

    private func planStep(_ environment: String) -> String {
        let prefix = environment.uppercased()
        return #"""
                - name: Plan
                  env:
                    CLOUDFORMATION_ROLE_ARN: ${{ vars.CLOUDFORMATION_ROLE_ARN }}
                  run: |
                    mkdir -p delivery/evidence
                    python3 pipeline/stacks.py plan --stack "$\#(prefix)_STACK" --region "$\#(prefix)_REGION" \
                      --recovery-region "$RECOVERY_REGION" --rendered delivery/rendered/\#(environment) \
                      --parameters pipeline/parameters-\#(environment).json --role "$CLOUDFORMATION_ROLE_ARN" \
                      --change-set "delivery-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT" \
                      --out delivery/evidence/plan-\#(environment).json | tee -a "$GITHUB_STEP_SUMMARY"
            """#
    }

    private func deployStep(_ environment: String) -> String {
        let prefix = environment.uppercased()
        return #"""
                - name: Deploy
                  env:
                    CLOUDFORMATION_ROLE_ARN: ${{ vars.CLOUDFORMATION_ROLE_ARN }}
                  run: |
                    python3 pipeline/stacks.py deploy --stack "$\#(prefix)_STACK" --region "$\#(prefix)_REGION" \
                      --recovery-region "$RECOVERY_REGION" --rendered delivery/rendered/\#(environment) \
                      --parameters pipeline/parameters-\#(environment).json --role "$CLOUDFORMATION_ROLE_ARN" \
                      --change-set "delivery-$GITHUB_RUN_ID-$GITHUB_RUN_ATTEMPT" --endpoint "$ENDPOINT" \
                      --plan delivery/evidence/plan-\#(environment).json --model "$ARTEFACT" \
                      --example "$EXAMPLE" --spec-folder "$SPEC_FOLDER"
            """#
    }
}
