# Writes Tests/PlumbAWSTests/Fixtures/tables.json: what botocore's models of AWS's services say of the services, the REST
# operations and the pages that Sources/PlumbAWS knows. A test holds the tables there to it.
import json
import pathlib
import re

import botocore.session

root = pathlib.Path(__file__).parent.parent
session = botocore.session.get_session()
source = (root / "Sources/PlumbAWS/Client/AWSService.swift").read_text()
bindings = "".join(p.read_text() for p in (root / "Sources/PlumbAWS/Client").glob("RESTBinding*.swift"))
operations = set(re.findall(r'"([A-Z]\w+)": (?:RESTBinding|list|one)\(', bindings))
ids = set(re.findall(r'AWSService\(\s*"([^"]+)"', source))
letters = {"querystring": "query", "header": "header", "uri": "path"}
tables = {}
for name in session.get_available_services():
    model = session.get_service_model(name)
    facts = model.metadata
    if facts["serviceId"] not in ids:
        continue
    table = {
        "endpointPrefix": facts["endpointPrefix"], "signingName": facts.get("signingName", facts["endpointPrefix"]),
        "protocols": facts.get("protocols", [facts["protocol"]]), "jsonVersion": facts.get("jsonVersion"),
        "targetPrefix": facts.get("targetPrefix"), "apiVersion": facts["apiVersion"], "operations": {}, "pages": {},
    }
    if facts["protocol"].startswith("rest"):
        for operation in sorted(operations & set(model.operation_names)):
            shape = model.operation_model(operation)
            members = {}
            for member, inner in (shape.input_shape.members if shape.input_shape else {}).items():
                if inner.serialization.get("location") in letters:
                    members[member] = letters[inner.serialization["location"]] + " " + inner.serialization["name"]
            table["operations"][operation] = {
                "method": shape.http["method"], "uri": shape.http["requestUri"], "members": members,
                "payload": (shape.input_shape.serialization.get("payload") if shape.input_shape else None),
                "answer": (shape.output_shape.serialization.get("payload") if shape.output_shape else None),
            }
    try:
        pages = session.get_component("data_loader").load_service_model(name, "paginators-1")["pagination"]
    except Exception:
        pages = {}
    for operation, page in sorted(pages.items()):
        if isinstance(page["input_token"], str) and isinstance(page["output_token"], str):
            table["pages"][operation] = [page["output_token"], page["input_token"]]
    tables[facts["serviceId"]] = table
path = root / "Tests/PlumbAWSTests/Fixtures/tables.json"
path.write_text(json.dumps(tables, indent=1, sort_keys=True) + "\n")
print(sorted(ids - set(tables)), len(operations), path.stat().st_size)
