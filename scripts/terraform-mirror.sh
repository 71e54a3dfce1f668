#!/usr/bin/env bash
# Tells Terraform where a mirror of AWS's provider lies, for tests that have no way to the registry: writes
# .build/aws-tools/terraformrc. Nothing to do without Terraform, or where its own configuration is there.
#
# PLUMB_TERRAFORM_MIRROR names the mirror; without it one is looked for on this machine.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
settings="$root/.build/aws-tools/terraformrc"
provider="registry.terraform.io/hashicorp/aws"

command -v terraform >/dev/null || exit 0
[ -e "${TF_CLI_CONFIG_FILE:-$HOME/.terraformrc}" ] && exit 0
[ -e "$settings" ] && exit 0

mirror="${PLUMB_TERRAFORM_MIRROR:-}"
if [ -z "$mirror" ]; then
    # Folders that Terraform itself made while working, .terraform/providers, are no mirrors.
    found="$(find / -xdev -type d -path "*/$provider" -not -path '*/.terraform/*' -print -quit 2>/dev/null || true)"
    mirror="${found%/"$provider"}"
fi
[ -n "$mirror" ] || exit 0

mkdir -p "$(dirname "$settings")"
cat >"$settings" <<SETTINGS
provider_installation {
  filesystem_mirror {
    path    = "$mirror"
    include = ["$provider"]
  }
  direct {
    exclude = ["$provider"]
  }
}
SETTINGS
echo "Terraform takes AWS's provider from a mirror on this machine"
