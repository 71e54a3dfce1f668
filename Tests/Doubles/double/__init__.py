"""Operations answered in moto's place.

An operation is a function from a request to a result, both dictionaries in the API's own words:

    @answers("kms", "EnableKeyRotation")
    def enable_key_rotation(call):
        call.store("rotation")[call["KeyId"]] = call.get("RotationPeriodInDays", 365)
        return call.forward()

`call.forward()` asks moto; `call.store(name)` is a dictionary of the double's own, one for each account and region.
Requests are parsed and results written by botocore's models, as moto does it for itself. What neither answers is a
plain error of AWS's own form that names the operation: a client would try a server's failure again and again.
"""
from __future__ import annotations

import io
import json
import re
import sys
import traceback
from collections import defaultdict
from typing import Any, Callable

import botocore.parsers
import botocore.session
from moto.core.exceptions import ServiceException
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import NotFound, get_service_router
from moto.core.serialize import XFormedAttributePicker, get_serializer_class
from moto.core.utils import get_service_model
from moto.server import DomainDispatcherApplication, create_backend_app

ACCOUNT = "123456789012"

# The names that requests are signed with, where they are not the service's own.
SIGNED_AS = {
    "access-analyzer": "accessanalyzer", "monitoring": "cloudwatch", "tagging": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas"}
# Services that have one region.
GLOBAL = {"budgets", "ce", "cloudfront", "iam", "route53"}

# What a test has forbidden: `s3:GetBucketPolicy`, by the double's names of services.
DENIED: set[str] = set()

Operation = Callable[["Call"], "dict[str, Any] | None"]
OPERATIONS: dict[tuple[str, str], Operation] = {}


def answers(service: str, *names: str) -> Callable[[Operation], Operation]:
    """Registers a function for operations of a service."""

    def register(function: Operation) -> Operation:
        for name in names:
            OPERATIONS[service, name] = function
        return function

    return register


class Refusal(ServiceException):
    """An error in the service's own words: its code, and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)


class Forwarded(Exception):
    """moto's own error answer, passed on as it is."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class Answer:
    """A response of HTTP."""

    def __init__(self, status: str, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def code(self) -> int:
        return int(self.status.split()[0])


class Call:
    """One request for one operation."""

    # By account, region, and the name of what is kept.
    stores: defaultdict[tuple[str, str, str], dict[Any, Any]] = defaultdict(dict)

    def __init__(self, double: Double, environ: dict, service: str, region: str, body: bytes) -> None:
        self.double, self.environ, self.service, self.body = double, environ, service, body
        self.account, self.region = ACCOUNT, "global" if service in GLOBAL else region
        self.model = get_service_model(service)
        request = Request(self.fresh_environ())
        self.operation, uri = get_service_router(service).match(request)
        self.protocol = determine_request_protocol(self.model, request.content_type)
        self.input: dict[str, Any] = PROTOCOL_PARSERS[self.protocol](self.operation).parse(
            {
                "method": request.method, "values": request.values, "headers": request.headers,
                "body": self.body, "url_path": request.path, "url_params": uri,
            })

    def __getitem__(self, key: str) -> Any:
        return self.input[key]

    def get(self, key: str, default: Any = None) -> Any:
        return self.input.get(key, default)

    def store(self, name: str, region: str | None = None) -> dict[Any, Any]:
        return Call.stores[self.account, region or self.region, name]

    def backend(self, region: str | None = None) -> Any:
        """moto's own objects for this service."""
        import moto.backends

        name = {"application-autoscaling": "applicationautoscaling"}.get(self.service, self.service)
        return moto.backends.get_backend(name)[self.account][region or self.region]

    def arn(self, resource: str, service: str | None = None) -> str:
        region = "" if self.region == "global" else self.region
        return f"arn:aws:{service or self.service}:{region}:{self.account}:{resource}"

    def page(self, items: list[Any], member: str, size: int, token: str = "NextToken") -> dict[str, Any]:
        """The part of a list that one call gets, and where the next part begins."""
        start = int(self.get(token) or 0)
        following = {token: str(start + size)} if start + size < len(items) else {}
        return {member: items[start:start + size], **following}

    def fresh_environ(self) -> dict:
        return {**self.environ, "wsgi.input": io.BytesIO(self.body), "CONTENT_LENGTH": str(len(self.body))}

    def forward(self) -> dict[str, Any]:
        """What moto answers, read as the API's client reads it."""
        answer = self.double.moto_answer(self.fresh_environ())
        if answer.code >= 300:
            raise Forwarded(answer)
        parser = botocore.parsers.create_parser(self.protocol)
        response = {"status_code": answer.code, "headers": dict(answer.headers), "body": answer.body}
        parsed = parser.parse(response, self.operation.output_shape)
        parsed.pop("ResponseMetadata", None)
        return parsed

    def written(self, result: dict[str, Any] | Exception | None) -> Answer:
        """A result, or an error, as the service writes it."""
        # moto's own objects have the API's names in small letters.
        picker = XFormedAttributePicker()
        written = get_serializer_class(self.service, self.protocol)(
            operation_model=self.operation, value_picker=picker).serialize(result)
        body = written["body"]
        body = body.encode() if isinstance(body, str) else body
        headers = [(str(key), str(value)) for key, value in written["headers"].items()]
        return Answer(f"{written['status_code']} -", headers, body)


class Double(DomainDispatcherApplication):
    """moto's server with the operations above before it."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)

    def __call__(self, environ: dict, start_response: Any) -> Any:
        if environ["PATH_INFO"] == "/moto-api/reset":
            Call.stores.clear()
            DENIED.clear()
        answer = self.told(environ) or self.own_answer(environ)
        if answer is None:
            return super().__call__(environ, start_response)
        # Twice the same length is once too often for a strict client.
        headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
        start_response(answer.status, [*headers, ("Content-Length", str(len(answer.body)))])
        return [answer.body]

    def told(self, environ: dict) -> Answer | None:
        """What a test tells the double itself: operations to deny, and what only time brings about in an account.

        `POST /double/denied ["s3:GetBucketPolicy"]`, `POST /double/kept {"region", "store", "entries": {key: value}}`.
        """
        if not environ["PATH_INFO"].startswith("/double/"):
            return None
        said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if environ["PATH_INFO"] == "/double/denied":
            DENIED.clear()
            DENIED.update(said)
        else:
            Call.stores[ACCOUNT, said["region"], said["store"]].update(said["entries"])
        return Answer("200 OK", [], b"")

    def moto_answer(self, environ: dict) -> Answer:
        seen: list[Any] = []

        def start_response(status: str, headers: list, *_: Any) -> Any:
            seen.extend([status, headers])
            return lambda data: None

        body = b"".join(DomainDispatcherApplication.__call__(self, environ, start_response))
        return Answer(seen[0], seen[1], body)

    def own_answer(self, environ: dict) -> Answer | None:
        """The double's own answer to an operation that it knows, or that moto does not; else nil."""
        scope = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", ""))
        if not scope:
            return None
        region, name = scope.groups()
        service = SIGNED_AS.get(name, name)
        # Objects may be large, and most of S3 is right as it is.
        is_denying = any(action.startswith("s3:") for action in DENIED)
        if service == "s3" and not is_denying and not environ.get("QUERY_STRING", "").startswith("replication"):
            return None
        if environ["PATH_INFO"].endswith("/invocations"):
            return None
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if service == "dynamodb" and "Streams" in environ.get("HTTP_X_AMZ_TARGET", ""):
            service = "dynamodbstreams"
        try:
            call = Call(self, environ, service, region, body)
        except (NotFound, NotImplementedError, botocore.exceptions.UnknownServiceError):
            return None
        operation = OPERATIONS.get((service, call.operation.name))
        try:
            if f"{service}:{call.operation.name}" in DENIED:
                raise Refusal("AccessDenied", f"not authorized to perform: {service}:{call.operation.name}")
            if operation:
                return call.written(operation(call))
            answer = self.moto_answer(call.fresh_environ())
            if answer.code in (404, 500, 501) and b"<!doctype html>" in answer.body[:200].lower():
                return self.missing(call)
            return answer
        except Forwarded as error:
            return error.answer
        except ServiceException as error:
            return call.written(error)
        except NotImplementedError:
            return self.missing(call)
        except Exception as error:
            traceback.print_exc()
            return call.written(Refusal("DoubleFailed", f"{call.service}:{call.operation.name}: {error!r}"))

    def missing(self, call: Call) -> Answer:
        print(f"missing: {call.service}:{call.operation.name}", file=sys.stderr, flush=True)
        return call.written(
            Refusal("NotInTheDouble", f"the double has no operation {call.service}:{call.operation.name}"))
