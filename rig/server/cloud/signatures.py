"""Presigned URLs, which moto takes unseen: signature, expiry, and nobody without one."""

import datetime
import hashlib
import hmac
import time
import urllib.parse

from . import state


def refuse_unsigned(
    environ: dict, path: str, query: dict[str, str], service: str = "s3", payload: str = "UNSIGNED-PAYLOAD"
) -> tuple[str, str] | None:
    """What a service has against a request without an Authorization header. `payload`: its hash, where none is told."""
    if "X-Amz-Signature" not in query:
        return "AccessDenied", "Access Denied"
    signed_at = datetime.datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    if time.time() > signed_at.timestamp() + int(query["X-Amz-Expires"]):
        return "AccessDenied", "Request has expired"
    key, *scope = query["X-Amz-Credential"].split("/")
    if key not in state.settings["secrets"]:
        return "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."
    if key in state.settings["expired"]:
        return "ExpiredToken", "The provided token has expired."
    signature = _sign(environ, path, query, state.settings["secrets"][key], scope, payload)
    if scope[2:] != [service, "aws4_request"] or signature != query["X-Amz-Signature"]:
        return "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided."
    return None


def _sign(environ: dict, path: str, query: dict[str, str], secret: str, scope: list[str], payload: str) -> str:
    names = query["X-Amz-SignedHeaders"].split(";")
    request = "\n".join(
        [
            environ["REQUEST_METHOD"],
            urllib.parse.quote(path, safe="/-_.~"),
            "&".join(f"{_quote(k)}={_quote(v)}" for k, v in sorted(query.items()) if k != "X-Amz-Signature"),
            "".join(f"{name}:{_header(environ, name)}\n" for name in names),
            ";".join(names),
            query.get("X-Amz-Content-Sha256", payload),
        ]
    )
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", query["X-Amz-Date"], "/".join(scope), digest])
    key = ("AWS4" + secret).encode()
    for part in (*scope, text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _quote(text: str) -> str:
    return urllib.parse.quote(text, safe="-_.~")


def _header(environ: dict, name: str) -> str:
    variable = name.upper().replace("-", "_")
    return environ.get("HTTP_" + variable, environ.get(variable, "")).strip()
