"""The rig's own network: a bridge that every machine hangs on, and the rules of who may talk to whom."""

import socket

from .shell import sh

BRIDGE = "rig0"
GATEWAY = "172.31.0.1"  # the command and the API, as machines see them; the default VPC of moto is 172.31.0.0/16
PRIVATE = "172.31.0.0/16"
CALLER = "198.51.100.1"  # where connections to public addresses come from; TEST-NET-2 belongs to nobody
SERVICES = "198.51.100.2"  # stands in for AWS's public services outside the API
PUBLIC = "198.51.100.0/24"
IMDS = "169.254.169.254"
API_PORT = 5000
LINK_PORT = 2200
LINK_MARK = 22  # of packets that come from the link itself


def open_network() -> None:
    """Nothing to undo: the rig's network namespace takes it all along when it ends."""
    sh("ip", "link", "set", "lo", "up")
    sh("ip", "link", "add", BRIDGE, "type", "bridge")
    for address in (f"{GATEWAY}/16", f"{CALLER}/24", f"{SERVICES}/32", f"{IMDS}/32"):
        sh("ip", "addr", "add", address, "dev", BRIDGE)
    sh("ip", "link", "set", BRIDGE, "up")
    set_rules([])


def redirect_ssh(on: bool) -> None:
    """Leads new connections of the command to SSH servers through the link, or straight there."""
    rule = f'oifname "{BRIDGE}" meta mark != {LINK_MARK} tcp dport 22 redirect to :{LINK_PORT}'
    lines = [
        "table ip rig-link",
        "delete table ip rig-link",
        "table ip rig-link {",
        "chain out { type nat hook output priority -100; policy accept;",
        rule if on else "",
        "}",
        "}",
    ]
    sh("nft", "-f", "-", input="\n".join(lines))


def take_address(address: str) -> str:
    """Makes a private address this side's own, for connections that come from it."""
    sh("ip", "addr", "replace", f"{address}/32", "dev", BRIDGE)
    return address


def straight_to(address: str, source: str = "", timeout: float = 1) -> socket.socket:
    """A connection to an SSH server past the link."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, LINK_MARK)
    connection.settimeout(timeout)
    try:
        connection.bind((source, 0))
        connection.connect((address, 22))
    except OSError:
        connection.close()
        raise
    return connection


def plug_in(link: str, pid: int) -> None:
    """A cable from the bridge to eth0 of the namespace of process `pid`. Machines do not see each other."""
    sh("ip", "link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
    sh("ip", "link", "set", link, "master", BRIDGE, "up")
    sh("bridge", "link", "set", "dev", link, "isolated", "on")


def set_rules(allowed: list[str]) -> None:
    """From machines: the metadata service and the API, nothing else. To machines: `allowed`, in nftables' language."""
    rules = [
        "table inet rig",
        "delete table inet rig",
        "table inet rig {",
        "chain from_machines { type filter hook input priority 0; policy accept;",
        f'iifname != "{BRIDGE}" accept',
        "ct state established,related accept",
        f"ip daddr {IMDS} tcp dport 80 accept",
        f"ip daddr {GATEWAY} tcp dport {API_PORT} accept",
        "drop",
        "}",
        f'chain forward {{ type filter hook forward priority 0; policy accept; iifname "{BRIDGE}" drop; }}',
        "chain to_machines { type filter hook output priority 0; policy accept;",
        f'oifname != "{BRIDGE}" accept',
        "ip daddr 127.0.0.0/8 accept",  # what was redirected just now still has the bridge as its way out
        "ct state established,related accept",
        *allowed,
        "drop",
        "}",
        "}",
    ]
    sh("nft", "-f", "-", input="\n".join(rules))
