"""What goes through EC2 instance connect endpoints: WebSockets at signed addresses, each joined to port 22 of an instance.

As `aws ec2-instance-connect open-tunnel` speaks it: the signature by SigV4 in the query, bytes in binary messages, refusals
as JSON before the upgrade, and an instance that cannot be reached told by the reason of the close.
"""

import contextlib
import datetime
import hashlib
import ipaddress
import json
import logging
import socket
import ssl
import threading
import time
import urllib.parse
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from .cloud import account, permissions, signatures, state
from .cloud.connect_endpoints import Endpoint
from .machines import network

ACTION = "ec2-instance-connect:OpenTunnel"
MAX_DURATION = 3600  # seconds
CONNECT_TIMEOUT = 3
CHUNK = 1 << 15
UNREACHABLE = "Unable to connect to target"


class Tunnels:
    def __init__(self, folder: Path):
        self.open: set[ServerConnection] = set()
        self.certificate, key = make_certificate(folder)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(self.certificate, key)

    def start(self) -> None:
        logging.getLogger("websockets").setLevel(logging.CRITICAL)
        options = {"process_request": refuse, "compression": None, "ssl": self.tls, "ping_interval": None}
        server = serve(self._join, network.SERVICES, 443, **options)
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def cut(self) -> None:
        """Ends all of them as a broken network does, without a word."""
        for connection in list(self.open):
            connection.socket.shutdown(socket.SHUT_RDWR)

    def _join(self, connection: ServerConnection) -> None:
        asked = query_of(connection.request)
        try:
            target = connect(state.endpoints[asked["instanceConnectEndpointId"]], asked["privateIpAddress"])
        except OSError:
            return connection.close(1011, UNREACHABLE)
        self.open.add(connection)
        if getattr(connection, "is_lost", False):
            self.cut()
        seconds = min(int(asked.get("maxTunnelDuration", MAX_DURATION)), state.settings["tunnel_seconds"])
        timer = threading.Timer(seconds, lambda: connection.close(1000, "Maximum duration reached"))
        timer.start()
        back = threading.Thread(target=pump_back, args=(target, connection), daemon=True)
        back.start()
        try:
            for message in connection:
                target.sendall(message if isinstance(message, bytes) else message.encode())
        except (ConnectionClosed, OSError):
            pass
        finally:
            timer.cancel()
            self.open.discard(connection)
            hang_up(target)


def refuse(connection: ServerConnection, request: Request) -> Response | None:
    """What the service has against a tunnel before it opens it."""
    state.calls.append({"call": ACTION, "at": time.time()})
    asked = query_of(request)
    if fault := state.take_fault(ACTION):
        time.sleep(fault.get("delay", 0))
        if fault.get("drop") == "before":
            connection.socket.shutdown(socket.SHUT_RDWR)
        connection.is_lost = fault.get("drop") == "after"
        if "status" in fault or "code" in fault:
            return say(connection, fault.get("status", 503), fault.get("code", "Throttling"), fault.get("message", "Injected"))
    environ = {"REQUEST_METHOD": "GET", "HTTP_HOST": request.headers["Host"]}
    service = ("ec2-instance-connect", hashlib.sha256(b"").hexdigest())
    if refusal := signatures.refuse_unsigned(environ, "/openTunnel", asked, *service):
        return say(connection, 403, *refusal)
    if not permissions.allows(asked["X-Amz-Credential"].split("/")[0], ACTION):
        return say(connection, 403, "AccessDenied", f"User is not authorized to perform: {ACTION}")
    if asked.get("instanceConnectEndpointId") not in state.endpoints:
        return say(connection, 400, "ResourceNotFound", "The specified InstanceConnectEndpoint does not exist")
    duration = asked.get("maxTunnelDuration", str(MAX_DURATION))
    if asked.get("remotePort") not in ("22", "3389") or not (duration.isdigit() and 1 <= int(duration) <= MAX_DURATION):
        return say(connection, 400, "InvalidParameter", "remotePort or maxTunnelDuration is not allowed")
    return None


def say(connection: ServerConnection, status: int, code: str, message: str) -> Response:
    return connection.respond(status, json.dumps({"ErrorCode": code, "Message": message}))


def query_of(request: Request) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.path).query, keep_blank_values=True))


def connect(endpoint: Endpoint, address: str) -> socket.socket:
    """From the endpoint's own address, or the caller's where it preserves that, so that security groups decide."""
    if not any(i.private_ip == address and i.vpc_id == endpoint.vpc for i in account.instances() if i.state in account.LIVING):
        raise OSError("no instance of this VPC")
    source = network.CALLER if endpoint.preserves_client else network.take_address(endpoint.address)
    target = network.straight_to(address, source=source, timeout=CONNECT_TIMEOUT)
    target.settimeout(None)
    return target


def pump_back(target: socket.socket, connection: ServerConnection) -> None:
    try:
        while chunk := target.recv(CHUNK):
            connection.send(chunk)
        connection.close()
    except (ConnectionClosed, OSError):
        connection.close(1011, "The target closed the connection")


def hang_up(target: socket.socket) -> None:
    """Closing alone says nothing to the other side while a thread still reads."""
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
    target.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """For the address of the services: signed by itself, so clients trust it as their own authority or not at all."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "rig")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(network.SERVICES))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=7))
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    files = folder / "services.pem", folder / "services.key"
    pem = serialization.Encoding.PEM
    files[0].write_bytes(certificate.public_bytes(pem))
    files[1].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    files[1].chmod(0o600)
    return files
