"""The account as machines and the rig's own commands see it, past the API."""

import base64
import json
import re
import threading

from moto.core import DEFAULT_ACCOUNT_ID

from . import state

ID = DEFAULT_ACCOUNT_ID
LIVING = ("pending", "running", "stopping", "stopped")

changed = threading.Event()  # an instance has another state than before


def instances() -> list:
    from moto.ec2.models import ec2_backends

    found = []
    for backend in list(ec2_backends[ID].values()):
        for reservation in list(backend.reservations.values()):
            found += reservation.instances
    return found


def instance(id: str):
    return next((found for found in instances() if found.id == id), None)


def addresses(instance) -> list[str]:
    """The private one first."""
    return [address for address in (instance.private_ip, instance.public_ip) if address]


def image_user(instance, image_id: str) -> str:
    name = instance.ec2_backend.amis[image_id].name
    return "ec2-user" if re.search(r"amzn|al20|amazon.linux", name, re.IGNORECASE) else "ubuntu"


def ingress(instance) -> list[tuple[str, str]]:
    """Who may come in, as source ranges and what they may reach in nftables' language."""
    allowed = []
    for group in instance.security_groups:
        for rule in group.ingress_rules:
            ports = "" if rule.ip_protocol == "-1" else f"tcp dport {rule.from_port}-{rule.to_port} "
            if source := rule.ip_range.get("CidrIp"):
                allowed.append((source, ports))
            if group := rule.source_group.get("GroupId"):
                allowed += [(endpoint.address, ports) for endpoint in list(state.endpoints.values()) if group in endpoint.groups]
    return allowed


def role(instance) -> str | None:
    """The name of the role that its instance profile gives it."""
    profile = instance.ec2_backend.iam_instance_profile_associations
    found = next((entry for entry in profile.values() if entry.instance.id == instance.id), None)
    roles = found.iam_instance_profile.roles if found else []
    return roles[0].name if roles else None


def user_data(instance) -> bytes | None:
    return base64.b64decode(instance.user_data) if instance.user_data else None


def ec2(region: str = "us-east-1"):
    from moto.ec2.models import ec2_backends

    return ec2_backends[ID][region]


def iam():
    from moto.iam.models import iam_backends

    return iam_backends[ID]["aws"]


def sts():
    from moto.sts.models import sts_backends

    return sts_backends[ID]["aws"]


def left() -> list[str]:
    """What still costs something, a line each."""
    lines = []
    for found in instances():
        if found.state in LIVING:
            tags = {tag["key"]: tag["value"] for tag in found.get_tags()}
            lines.append(f"{found.id} {found.instance_type} {found.state} {tags.get('Name', '')}".rstrip())
    return lines


def mails() -> list[dict]:
    from moto.ses.models import ses_backends

    plain = (str, list, dict)
    sent = [mail for backend in ses_backends[ID].values() for mail in backend.sent_messages]
    return [{key: value for key, value in vars(mail).items() if isinstance(value, plain)} for mail in sent]


def reset() -> None:
    from moto.moto_api._internal.models import moto_api_backend

    moto_api_backend.reset()
    changed.set()


def terminate(ids: list[str]) -> None:
    for id in ids:
        if (found := instance(id)) and found.state in LIVING:
            found.ec2_backend.terminate_instances([id])


def schedules() -> list:
    """Of EventBridge Scheduler, with what they want: (group, schedule)."""
    from moto.scheduler.models import scheduler_backends

    groups = [group for backend in scheduler_backends[ID].values() for group in backend.schedule_groups.values()]
    return [(group, schedule) for group in groups for schedule in list(group.schedules.values())]


def input_of(schedule) -> dict:
    return json.loads(schedule.target.get("Input") or "{}")
