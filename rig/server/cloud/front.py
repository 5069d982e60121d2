"""What stands before moto: a record of every call, faults on demand, and the parts of AWS's behaviour that moto lacks."""

import base64
import io
import json
import re
import time
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass

from . import catalogue, connect_endpoints, permissions, signatures, state
from .permissions import access_key, allows

USER_DATA_LIMIT = 16384
TOKENED = ("RunInstances", "CreateFleet", "CreateLaunchTemplate", "CreateLaunchTemplateVersion")
JSON_SERVICES = ("ssm", "pricing", "servicequotas", "scheduler")
MISMATCH = "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."


@dataclass
class Request:
    environ: dict
    body: bytes
    service: str
    action: str
    form: dict[str, str]
    signed: bool

    @property
    def path(self) -> str:
        return self.environ["PATH_INFO"]


class Front:
    """A WSGI application around moto's. `control` answers what is below /rig/."""

    def __init__(self, app: Callable, control: Callable[[dict, bytes], tuple[int, object]], services: str):
        self.app = app
        self.control = control
        self.services = services

    def __call__(self, environ: dict, start: Callable) -> list[bytes]:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length) if length else b""
        environ["wsgi.input"] = io.BytesIO(body)
        if environ["PATH_INFO"].startswith("/rig/"):
            status, answer = self.control(environ, body)
            start(f"{status} {'OK' if status == 200 else 'Error'}", [("Content-Type", "application/json")])
            return [json.dumps(answer).encode()]
        request = read(environ, body)
        state.calls.append({"call": f"{request.service}:{request.action}", "at": time.time()})

        fault = state.take_fault(f"{request.service}:{request.action}") or {}
        time.sleep(fault.get("delay", 0))
        if fault.get("drop") == "before":
            return drop(environ, start)
        if "status" in fault or "code" in fault:
            given = (fault.get("status", 503), fault.get("code", "RequestLimitExceeded"), fault.get("message", "Injected"))
            return error(start, request.service, *given)
        if refusal := refuse(request):
            return error(start, request.service, *refusal)
        if answer := self.complete(request):
            kind, content = answer
            if fault.get("drop") == "after":
                return drop(environ, start)
            start("200 OK", [("Content-Type", kind)])
            return [content]

        key = token_of(request)
        if key in state.answers:
            before, answer = state.answers[key]
            if before != request.form:
                return error(start, request.service, 400, "IdempotentParameterMismatch", MISMATCH)
            start("200 OK", [("Content-Type", "text/xml")])
            return [answer]
        status, headers, answer = self.ask_moto(request)
        if key and status.startswith("200"):
            state.answers[key] = (request.form, answer)
        if fault.get("drop") == "after":
            return drop(environ, start)
        start(status, headers)
        return [answer]

    def ask_moto(self, request: Request) -> tuple[str, list, bytes]:
        said: dict = {}
        app = self.app(request.environ, lambda status, headers, exc=None: said.update(status=status, headers=headers))
        answer = b"".join(app)
        getattr(app, "close", lambda: None)()
        if request.service == "ec2" and said["status"].startswith("403"):
            answer = answer.replace(b"AccessDenied", b"UnauthorizedOperation")
            said["headers"] = without_length(said["headers"])
        if request.service in JSON_SERVICES and said["status"].startswith("403") and answer.startswith(b"<"):
            message = re.search(rb"<Message>(.*?)</Message>", answer, re.DOTALL)
            kind = "AccessDeniedException"
            answer = json.dumps({"__type": kind, "message": message[1].decode() if message else ""}).encode()
            said["headers"] = [*without_length(said["headers"]), ("x-amzn-errortype", kind)]
        return said["status"], said["headers"], answer

    def complete(self, request: Request) -> tuple[str, bytes] | None:
        """The APIs that moto has not got."""
        if request.service == "ec2" and "InstanceConnectEndpoint" in request.action:
            return "text/xml", connect_endpoints.answer(request.action, request.form, self.services)
        if request.action == "SimulatePrincipalPolicy":
            key = access_key(request.environ.get("HTTP_AUTHORIZATION", ""))
            return "text/xml", permissions.simulation(request.form, key)
        if request.action == "GetProducts":
            return "application/x-amz-json-1.1", catalogue.products(json.loads(request.body))
        return None


def without_length(headers: list) -> list:
    return [header for header in headers if header[0].lower() != "content-length"]


def read(environ: dict, body: bytes) -> Request:
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", authorization)
    service = scope[1] if scope else "s3"
    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded") and service != "s3"
    form = dict(urllib.parse.parse_qsl(body.decode(), keep_blank_values=True)) if is_form else {}
    action = form.get("Action") or environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if found := re.match(r"/service/\w+/operation/(\w+)$", environ["PATH_INFO"]):
        action = found[1]
    action = action or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    return Request(environ, body, service, action, form, bool(scope))


def refuse(request: Request) -> tuple[int, str, str] | None:
    """Status, code and message of what AWS refuses and moto does not."""
    if access_key(request.environ.get("HTTP_AUTHORIZATION", "")) in state.settings["expired"]:
        if request.service == "ec2":
            return 400, "RequestExpired", "Request has expired."
        return 403, "ExpiredToken", "The security token included in the request is expired"
    call = f"{request.service}:{request.action}"
    if ("InstanceConnectEndpoint" in call or "SimulatePrincipalPolicy" in call) and not allows(access_key(request.environ.get("HTTP_AUTHORIZATION", "")), call):
        code = "UnauthorizedOperation" if request.service == "ec2" else "AccessDenied"
        return 403, code, f"User is not authorized to perform: {call}"
    if request.service == "s3" and not request.signed and not request.path.startswith("/moto-api/"):
        query = dict(urllib.parse.parse_qsl(request.environ["QUERY_STRING"], keep_blank_values=True))
        if refusal := signatures.refuse_unsigned(request.environ, request.path, query):
            return 403, *refusal
    if request.service == "ec2" and len(base64.b64decode(request.form.get("UserData", ""))) > USER_DATA_LIMIT:
        return 400, "InvalidParameterValue", f"User data is limited to {USER_DATA_LIMIT} bytes"
    return None


def token_of(request: Request) -> tuple[str, str] | None:
    token = request.form.get("ClientToken")
    is_real = request.action in TOKENED and request.form.get("DryRun") != "true"
    return (request.action, token) if token and is_real else None


def drop(environ: dict, start: Callable) -> list[bytes]:
    """Cuts the connection, as a network does that loses an answer."""
    environ["werkzeug.socket"].shutdown(2)
    start("500 dropped", [])
    return []


def error(start: Callable, service: str, status: int, code: str, message: str) -> list[bytes]:
    text = f"<Code>{code}</Code><Message>{message}</Message>"
    kind, answer = "text/xml", f"<ErrorResponse><Error>{text}</Error></ErrorResponse>"
    if service == "ec2":
        answer = f"<Response><Errors><Error>{text}</Error></Errors><RequestID>rig</RequestID></Response>"
    elif service == "s3":
        answer = f"<Error>{text}</Error>"
    elif service in JSON_SERVICES:
        kind, answer = "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})
    start(f"{status} {code}", [("Content-Type", kind), ("x-amzn-errortype", code)])
    return [answer.encode()]
