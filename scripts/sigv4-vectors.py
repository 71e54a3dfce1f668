# Writes Tests/PlumbAWSTests/Fixtures/sigv4.json: requests signed by botocore, AWS's own signer for Python, with made-up
# keys. Run it with botocore installed; the file changes only when a case is added here.
import base64
import datetime
import functools
import json
import pathlib
import random
import sys
import urllib.parse
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TIMES = ["2015-08-30T12:36:00", "2024-02-29T23:59:59", "2026-12-31T00:00:00"]
KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJHMEUCIQ=="

# name, method, service, region, url, headers, body
CASES = [
    ("plain get", "GET", "service", "us-east-1", "https://example.amazonaws.com/", {}, b""),
    ("json post", "POST", "sagemaker", "eu-central-1", "https://api.sagemaker.eu-central-1.amazonaws.com/",
     {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "SageMaker.ListEndpoints"}, b'{"MaxResults":10}'),
    ("form post", "POST", "iam", "us-east-1", "https://iam.amazonaws.com/",
     {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, b"Action=ListUsers&Version=2010-05-08"),
    ("a port", "POST", "kms", "us-west-2", "http://127.0.0.1:5000/", {"Content-Type": "application/x-amz-json-1.1"}, b"{}"),
    ("spaces in a header", "GET", "service", "us-east-1", "https://example.amazonaws.com/",
     {"My-Header1": "  a   b   c  "}, b""),
    ("an escaped path", "GET", "backup", "us-east-1",
     "https://backup.us-east-1.amazonaws.com/tags/arn%3Aaws%3Abackup%3Aus-east-1%3A1%3Aplan%2Fx%20y/", {}, b""),
    ("dots and slashes in a path", "GET", "service", "us-east-1", "https://example.amazonaws.com/a/./b/../c//d/", {}, b""),
    ("two dots at the start", "GET", "service", "us-east-1", "https://example.amazonaws.com/../a", {}, b""),
    ("a query in disorder", "GET", "scheduler", "us-east-1",
     "https://scheduler.us-east-1.amazonaws.com/schedules?b=2&a=3&a=1&A=0&empty=", {}, b""),
    ("a query of odd characters", "GET", "scheduler", "us-east-1",
     "https://scheduler.us-east-1.amazonaws.com/schedules?NextToken=a%2Fb%2B%3D%3D%20%C3%BC~%2A", {}, b""),
    ("bytes", "POST", "sagemaker", "us-east-1", "https://runtime.sagemaker.us-east-1.amazonaws.com/endpoints/e/invocations",
     {"Content-Type": "application/octet-stream"}, bytes(range(256))),
    ("an s3 key", "GET", "s3", "eu-west-1", "https://bucket.s3.eu-west-1.amazonaws.com/a//b/../c%20d%2B%C3%BC", {}, b""),
    ("an s3 subresource", "GET", "s3", "eu-west-1", "https://bucket.s3.eu-west-1.amazonaws.com/?lifecycle=", {}, b""),
    ("an s3 put", "PUT", "s3", "eu-west-1", "https://bucket.s3.eu-west-1.amazonaws.com/key",
     {"Content-Type": "text/plain", "x-amz-server-side-encryption": "aws:kms"}, b"Hello"),
]


def sign(case, time, token, query):
    name, method, service, region, url, headers, body = case
    is_s3 = service == "s3"
    if query:
        kind = botocore.auth.S3SigV4QueryAuth if is_s3 else botocore.auth.SigV4QueryAuth
        signer = kind(Credentials(KEY, SECRET, token), service, region, expires=900)
    else:
        kind = botocore.auth.S3SigV4Auth if is_s3 else botocore.auth.SigV4Auth
        signer = kind(Credentials(KEY, SECRET, token), service, region)
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
    now = datetime.datetime.fromisoformat(time).replace(tzinfo=datetime.timezone.utc)
    with mock.patch("botocore.auth.get_current_datetime", return_value=now.replace(tzinfo=None)):
        signer.add_auth(request)
    return {
        "name": name, "method": method, "service": service, "region": region, "url": url, "headers": headers,
        "body": base64.b64encode(body).decode(), "time": time + "Z", "key": KEY, "secret": SECRET, "token": token,
        "authorization": None if query else request.headers["Authorization"],
        "presigned": request.url if query else None,
    }


def generated(count, seed):
    """Cases that nobody thought of: any order, any octet that may stand in an address, headers of every shape."""
    luck = random.Random(seed)
    segments = [
        "a", "..", ".", "", "%20", "%C3%BC", "%25", "%2F", "~", "-_.~", "%2A", "%2B", "%3D%3D", "%F0%9F%98%80",
        "x" * 40]
    letters = "aAzZ09 -_.~!*'();:@&=+$,/?#[]%\"<>\\^`{|}ü😀\t"
    regions = ["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"]
    services = ["s3", "s3", "iam", "sagemaker", "scheduler", "service"]

    def text(most):
        return "".join(luck.choice(letters) for _ in range(luck.randint(0, most)))

    for number in range(count):
        service = luck.choice(services)
        path = "/" + "/".join(luck.choice(segments) for _ in range(luck.randint(0, 5)))
        names = [text(6) or "n" for _ in range(luck.randint(0, 4))]
        # Names may come more than once, in any order.
        names += luck.sample(names, luck.randint(0, len(names)))
        quote = functools.partial(urllib.parse.quote, safe="-_.~")
        query = "&".join(f"{quote(name)}={quote(text(8))}" for name in names)
        is_query_signed = luck.random() < 0.25
        headers = {}
        if not is_query_signed:
            for _ in range(luck.randint(0, 4)):
                name = luck.choice(["X-", "x-amz-", "My-"]) + luck.choice(["Meta", "b", "A", "Header1", "z9"])
                # Header values are ASCII; blanks within and around are what signers trip over.
                if name.lower() not in [known.lower() for known in headers]:
                    headers[name] = " ".join(luck.choice(["", "a", "b,c", '"q  q"', "=", "%20"]) for _ in range(4))
        body = bytes(luck.randrange(256) for _ in range(luck.choice([0, 0, 1, 80])))
        method = "GET" if is_query_signed else luck.choice(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"])
        if is_query_signed:
            query, body = "&".join(dict((pair.split("=")[0], pair) for pair in query.split("&") if pair).values()), b""
        port = luck.choice(["", "", ":5000", ":443"])
        scheme = "http" if port == ":5000" else "https"
        url = f"{scheme}://{luck.choice(['example.amazonaws.com', '127.0.0.1', 'B.s3.Amazonaws.com'])}{port}{path}"
        url += f"?{query}" if query else ""
        case = (f"generated {number}", method, service, luck.choice(regions), url, headers, body)
        yield sign(case, luck.choice(TIMES), luck.choice([None, TOKEN]), is_query_signed)


if len(sys.argv) > 1:
    # python sigv4-vectors.py COUNT SEED prints generated ones instead.
    json.dump(list(generated(int(sys.argv[1]), int(sys.argv[2]))), sys.stdout)
    sys.exit()
vectors = []
for index, case in enumerate(CASES):
    vectors.append(sign(case, TIMES[index % 3], None, False))
    vectors.append(sign(case, TIMES[(index + 1) % 3], TOKEN, False))
    # Botocore's signer in the query string moves forms and headers around and forgets all but one of several values of
    # a name; plain requests show it whole.
    if case[1] == "GET" and not case[5] and "a=3&a=1" not in case[4]:
        vectors.append(sign(case, TIMES[index % 3], TOKEN if index % 2 else None, True))
path = pathlib.Path(__file__).parent.parent / "Tests/PlumbAWSTests/Fixtures/sigv4.json"
path.write_text(json.dumps(vectors, indent=1) + "\n")
print(len(vectors), "vectors")
