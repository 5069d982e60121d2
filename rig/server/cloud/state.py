"""What tests tell the stand-in beside AWS's own calls, and what it remembers for them. All of it goes with a reset."""

import copy
import fnmatch
import threading

DEEP_LEARNING = "/aws/service/deeplearning/ami/x86_64/base-oss-nvidia-driver-gpu-{}/latest/ami-id"
CANONICAL = "/aws/service/canonical/ubuntu/server/{}/stable/current/{}/hvm/ebs-gp3/ami-id"

DEFAULTS = {
    "pending": 0.5,  # seconds an instance is pending
    "shutting_down": 0.3,
    "imaging": 0.5,  # an image is
    "tunnel_seconds": 3600,  # the most that a tunnel through an endpoint lasts
    "secrets": {"rig": "rig"},  # access keys that presigned URLs may be signed with
    "expired": [],  # access keys whose time is over
    "quotas": {  # vCPUs, by Service Quotas' code
        "L-DB2E81BA": 64,  # G and VT on demand
        "L-417A185B": 0,  # P on demand
        "L-1216C47A": 256,  # standard on demand
        "L-3819A6DF": 64,  # G and VT spot
        "L-7212CCBC": 0,  # P spot
        "L-34B43A08": 256,  # standard spot
    },
    "prices": {"g4dn.xlarge": 0.526, "g5.xlarge": 1.006, "g6.xlarge": 0.8048, "p5.4xlarge": 6.88},  # US dollars an hour
    "snapshot_price": 0.05,  # US dollars a month for a GiB
    "spot_share": 0.4,  # of the price on demand
    "amis": {  # public SSM parameters that moto lacks
        DEEP_LEARNING.format("ubuntu-22.04"): "ami-dca37ea5",
        DEEP_LEARNING.format("ubuntu-24.04"): "ami-dca37ea5",
        DEEP_LEARNING.format("amazon-linux-2023"): "ami-999844e0",
        CANONICAL.format("24.04", "amd64"): "ami-785db401",
        CANONICAL.format("24.04", "arm64"): "ami-0e9271c829888680e",
    },
}

settings: dict = {}
calls: list[dict] = []  # {"call": "ec2:CreateFleet", "at": seconds}, since they were read last
faults: list[dict] = []
refusals: list[dict] = []
answers: dict = {}  # (action, client token) -> (request, answer)
parents: dict[str, str] = {}  # image -> the image of the instance that it was made of
endpoints: dict = {}  # instance connect endpoints, by id
policies: dict[str, str] = {}  # access key -> user or role, of those whose policies are enforced
assumed: dict = {}  # instance id -> its role, as it has taken it on
_initial: dict = {}
_lock = threading.Lock()


def start(pending: float, shutting_down: float) -> None:
    _initial.update(copy.deepcopy(DEFAULTS), pending=pending, shutting_down=shutting_down)
    reset()


def reset() -> None:
    settings.clear()
    settings.update(copy.deepcopy(_initial))
    for remembered in (calls, faults, refusals, answers, parents, endpoints, policies, assumed):
        remembered.clear()


def change(said: dict) -> None:
    for key, value in said.items():
        if key not in settings:
            raise KeyError(f"There is no setting {key}: {', '.join(settings)}")
        settings[key] = settings[key] | value if isinstance(value, dict) else value


def take_calls() -> list[dict]:
    with _lock:
        taken, calls[:] = list(calls), []
        return taken


def take_fault(call: str) -> dict | None:
    return _take(faults, lambda fault: fnmatch.fnmatch(call, fault["call"]))


def take_refusal(instance_type: str, zone: str, market: str) -> dict | None:
    return _take(refusals, lambda refusal: fnmatch.fnmatch(f"{instance_type}/{zone}/{market}", refusal["match"]))


def _take(rules: list[dict], matches) -> dict | None:
    """The first rule that matches and has times left; `skip` lets so many pass before."""
    with _lock:
        for rule in rules:
            if not matches(rule) or rule.get("times", 1) <= 0:
                continue
            if rule.get("skip", 0) > 0:
                rule["skip"] -= 1
                continue
            rule["times"] = rule.get("times", 1) - 1
            return rule
    return None
