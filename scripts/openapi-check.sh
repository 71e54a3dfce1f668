#!/usr/bin/env bash
# Has schemathesis send what the control API's description allows, and what it does not, to a running engine's TLS port.
#
#   scripts/openapi-check.sh PLUMB [EXAMPLES]     PLUMB is the built program; 20 examples for each operation unless told
#
# Starts an engine of its own with one endpoint, and a user who holds every role. Shutting down is left out. Exits with 1 where the engine fails or answers what is not described.
set -euo pipefail
cd "$(dirname "$0")/.."
plumb=$(realpath "${1:-.build/release/plumb}")
examples=${2:-20}
tools=.build/openapi-tools
if [ ! -x "$tools/bin/schemathesis" ]; then
    python3 -m venv "$tools"
    "$tools/bin/pip" install --quiet 'schemathesis>=4,<5'
fi
PLUMB_HOME=$(mktemp -d)
export PLUMB_HOME
trap '"$plumb" down >/dev/null 2>&1 || true; rm -rf "$PLUMB_HOME"' EXIT
"$plumb" up --detach --port 0 >/dev/null
"$plumb" deploy Examples/digits/plumb.yaml -e dev >/dev/null
"$plumb" access user add tester >/dev/null
for role in viewer data-scientist deployer approver operator auditor admin; do
    "$plumb" access grant tester "$role" >/dev/null
done
token=$("$plumb" access token issue tester)
gateway=$("$plumb" status --format json | python3 -c 'import json,sys; print(json.load(sys.stdin)["gateway"])')
# Mostly the endpoint that is there is meant. Requests without a valid token are left out: ten close the door.
"$plumb" access openapi | python3 -c '
import json, sys
document = json.load(sys.stdin)
for path in document["paths"].values():
    for operation in path.values():
        for parameter in operation.get("parameters", []):
            if parameter["name"] in ("name", "endpoint"):
                parameter["schema"] = {"anyOf": [{"const": "digits"}, parameter["schema"]]}
json.dump(document, sys.stdout)' >"$PLUMB_HOME/openapi.json"
"$tools/bin/schemathesis" run "$PLUMB_HOME/openapi.json" --url "$gateway" \
    --tls-verify "$PLUMB_HOME/certificates/ca.pem" --header "Authorization: Bearer $token" \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance \
    --exclude-path /v1/shutdown --phases fuzzing --mode all --max-examples "$examples" --seed 1 --no-color --workers 2 \
    --request-timeout 20 --suppress-health-check all
"$plumb" audit verify
