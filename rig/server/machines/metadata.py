"""The instance metadata service, version 2, for whichever machine asks: it is known by its address."""

import datetime
import json
import re
import secrets
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ..cloud import account, permissions
from . import network
from .park import Park


class MetadataService:
    def __init__(self, park: Park):
        self.park = park
        self.notices: dict[str, str] = {}  # instance id -> when spot takes it back
        self.tokens: dict[str, tuple[str, float]] = {}

    def start(self) -> None:
        handler = type("Handler", (Handler,), {"service": self})
        server = ThreadingHTTPServer((network.IMDS, 80), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def give_notice(self, id: str, seconds: float) -> None:
        self.notices[id] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class Handler(BaseHTTPRequestHandler):
    service: MetadataService
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if self.path != "/latest/api/token" or not ttl.isdigit() or not 1 <= int(ttl) <= 21600:
            return self.answer(400)
        token = secrets.token_urlsafe(42)
        self.service.tokens[token] = (self.client_address[0], time.time() + int(ttl))
        self.answer(200, token, {"X-aws-ec2-metadata-token-ttl-seconds": ttl})

    def do_GET(self) -> None:
        address = self.client_address[0]
        machine = self.service.park.by_address(address)
        instance = machine and account.instance(machine.id)
        if not instance:
            return self.answer(404)
        token = self.headers.get("X-aws-ec2-metadata-token")
        if token or instance.metadata_options.http_tokens == "required":
            owner, until = self.service.tokens.get(token, ("", 0))
            if owner != address or time.time() > until:
                return self.answer(401)
        path = re.sub(r"^/(latest|\d{4}-\d\d-\d\d)/", "", urllib.parse.urlsplit(self.path).path)
        node = metadata(instance, self.service.notices.get(instance.id))
        for part in filter(None, path.split("/")):
            node = node.get(part) if isinstance(node, dict) else None
        if node is None:
            return self.answer(404)
        if isinstance(node, dict):
            node = "\n".join(name + "/" if isinstance(value, dict) else name for name, value in node.items() if value is not None)
        self.answer(200, node)

    def answer(self, status: int, body: str | bytes = b"", headers: dict[str, str] = {}) -> None:
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Content-Type": "text/plain", **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


def metadata(instance, notice: str | None) -> dict:
    """The tree of an instance. A dict is a folder; None is not there."""
    zone = instance.placement.zone
    host = "ip-" + instance.private_ip.replace(".", "-") + ".ec2.internal"
    document = {
        "accountId": account.ID,
        "instanceId": instance.id,
        "instanceType": instance.instance_type,
        "imageId": instance.image_id,
        "region": zone[:-1],
        "availabilityZone": zone,
        "privateIp": instance.private_ip,
        "architecture": "x86_64",
        "version": "2017-09-30",
    }
    return {
        "meta-data": {
            "ami-id": instance.image_id,
            "instance-id": instance.id,
            "instance-type": instance.instance_type,
            "hostname": host,
            "local-hostname": host,
            "instance-life-cycle": instance.lifecycle or "on-demand",
            "local-ipv4": instance.private_ip,
            "public-ipv4": instance.public_ip or None,
            "placement": {"availability-zone": zone, "region": zone[:-1]},
            "iam": {"security-credentials": credentials(instance)} if account.role(instance) else None,
            "spot": {"instance-action": json.dumps({"action": "terminate", "time": notice}), "termination-time": notice} if notice else None,
        },
        "dynamic": {"instance-identity": {"document": json.dumps(document)}},
        "user-data": account.user_data(instance),
    }


def credentials(instance) -> dict[str, str]:
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=6)
    role = permissions.assume_role(instance)
    keys = {"AccessKeyId": role.access_key_id, "SecretAccessKey": role.secret_access_key, "Token": role.session_token}
    given = {"Code": "Success", "Type": "AWS-HMAC"} | keys
    return {account.role(instance): json.dumps(given | {"Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ")})}
