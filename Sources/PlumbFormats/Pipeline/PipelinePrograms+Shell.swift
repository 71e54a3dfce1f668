// The steps that both pipelines share, in the shell, and what they are run with.

extension PipelinePrograms {
    /// Judges the spec and what is rendered from it, packs the artefact.
    static let check = #"""
        #!/usr/bin/env bash
        # Judges the spec and what is rendered from it, and packs the artefact once for both environments. Needs no
        # account.
        #
        #   SPEC=plumb.yaml RELEASE_SPEC=plumb.release.yaml MODEL=model.onnx PIPELINE=github-actions \
        #     bash pipeline/check.sh
        set -euo pipefail
        evidence=delivery/evidence
        mkdir -p delivery/rendered delivery/artefact "$evidence"

        # A pipeline that was rendered from an older spec would hold the endpoint to older limits.
        plumb render "$SPEC" --to "$PIPELINE" -o . --verify || {
          echo "the pipeline is older than $SPEC: run plumb render $SPEC --to $PIPELINE -o ." >&2
          exit 1
        }

        # Paths in a spec start from its own folder, so the copy with its provenance lies beside it.
        release="$RELEASE_SPEC"
        python3 pipeline/record.py release --spec "$SPEC" --change "$evidence/change.json" --out "$release"

        failed=0
        judge() {
          local name="$1"
          shift
          plumb check "$@" --no-strict --fail-on "${FAIL_ON:-low}" --format "${CHECK_FORMAT:-text}" \
            --output json="$evidence/check-$name.json" --output sarif="$evidence/check-$name.sarif" || failed=1
        }
        for environment in staging production; do
          plumb render "$release" --to cloudformation --environment "$environment" -o "delivery/rendered/$environment"
          # The approval, the run in staging and the load test are judged when there are any: before production.
          judge "spec-$environment" "$release" --environment "$environment" --skip OPS-3.4,OPS-3.5,PERF-2.4
          judge "rendered-$environment" "delivery/rendered/$environment" --environment "$environment" \
            --skip OPS-3.4,OPS-3.5,PERF-2.4
        done
        if [ "$failed" -ne 0 ]; then
          echo "plumb check found what has to be mended first" >&2
          exit 1
        fi

        digests="$(grep -rhoE 'models/[0-9a-f]{64}/' delivery/rendered | sort -u || true)"
        if [ -n "$MODEL" ] && [ "$(printf '%s\n' "$digests" | grep -c .)" -ne 1 ]; then
          echo "staging and production do not name one and the same artefact by digest (model.digest): $digests" >&2
          exit 1
        fi
        case "$MODEL" in
          "" | s3://*) ;;
          *)
            if [ -f "$MODEL" ] && [ "models/$(sha256sum "$MODEL" | cut -d ' ' -f 1)/" != "$digests" ]; then
              echo "$MODEL is not the artefact that the spec names by its digest" >&2
              exit 1
            fi
            # The same bytes on every machine: no time, no owner, no order of the file system.
            tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner \
              -C "$(dirname "$MODEL")" -cf - "$(basename "$MODEL")" | gzip -n > delivery/artefact/model.tar.gz
            ;;
        esac

        """#

    /// Fetches plumb and the library for AWS, both by digest.
    static let tools = #"""
        #!/usr/bin/env bash
        # Fetches what a job names: plumb by its digest, Python's AWS library by the digests of requirements.txt.
        #
        #   bash pipeline/tools.sh plumb python
        set -euo pipefail
        tools="$HOME/.plumbline"
        mkdir -p "$tools"
        for tool in "$@"; do
          case "$tool" in
            plumb)
              : "${PLUMB_URL:?names the plumb binary}" "${PLUMB_SHA256:?is its digest}"
              curl --fail --silent --show-error --location --proto '=https' --tlsv1.2 \
                --output "$tools/plumb" "$PLUMB_URL"
              echo "$PLUMB_SHA256  $tools/plumb" | sha256sum --check --strict
              chmod 0755 "$tools/plumb"
              ;;
            python)
              python3 -m venv "$tools/python"
              "$tools/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes \
                --requirement "$(dirname "$0")/requirements.txt"
              ;;
            *)
              echo "there is no tool '$tool': plumb, python" >&2
              exit 2
              ;;
          esac
        done
        if [ -n "${GITHUB_PATH:-}" ]; then printf '%s\n' "$tools" "$tools/python/bin" >> "$GITHUB_PATH"; fi

        """#

    /// Puts the evidence into the audit bucket.
    static let keep = #"""
        #!/usr/bin/env bash
        # Puts the evidence of a delivery into the audit bucket, where its lock keeps it, with a list of digests.
        #
        #   AUDIT_BUCKET=digits-production-audit DELIVERY=digits/COMMIT/RUN REGION=us-east-1 bash pipeline/keep.sh
        set -euo pipefail
        cd delivery/evidence
        digests="$(find . -type f ! -name SHA256SUMS -print0 | sort -z | xargs -0 --no-run-if-empty sha256sum)"
        printf '%s\n' "$digests" > SHA256SUMS
        account="$(aws sts get-caller-identity --query Account --output text)"
        bucket="$AUDIT_BUCKET-$account"
        if ! aws s3api head-bucket --bucket "$bucket" --region "$REGION" > /dev/null; then
          echo "there is no bucket $bucket yet: the first delivery to production makes it"
          exit 0
        fi
        aws s3 cp . "s3://$bucket/evidence/$DELIVERY/" --recursive --checksum-algorithm SHA256 --only-show-errors \
          --region "$REGION"
        echo "kept in s3://$bucket/evidence/$DELIVERY/"

        """#

    /// What the programs are run with.
    static let requirements = #"""
        # AWS's library for Python and all that it needs, each by its digest.
        boto3==1.44.8 --hash=sha256:099caf21553bbbfef118904aa02fadb8776a534704cf00bede0ed9f29a4da88e
        botocore==1.44.8 --hash=sha256:76342a76c338701db80dcb8afe1c9bd079283d6fffbb9d881442abb02a215043
        jmespath==1.1.0 --hash=sha256:a5663118de4908c91729bea0acadca56526eb2698e83de10cd116ae0f4e97c64
        python-dateutil==2.9.0.post0 --hash=sha256:a8b2bc7bffae282281c8140a97d3aa9c14da0b136dfe83f850eea9a5f7470427
        s3transfer==0.19.3 --hash=sha256:24eb7535804306355e31c952a90022bf5b2f9d760f9a11062c7493a217c08553
        six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
        urllib3==2.8.0 --hash=sha256:0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3

        """#
}
