"""EC2 instance connect endpoints, which moto lacks. What goes through them: `tunnels.py`."""

import uuid
from dataclasses import dataclass
from xml.sax.saxutils import escape

from . import account, state

OWN_FILTERS = {"vpc-id": "vpc", "subnet-id": "subnet", "state": "state", "instance-connect-endpoint-id": "id"}


@dataclass
class Endpoint:
    id: str
    vpc: str
    subnet: str
    zone: str
    interface: str
    address: str  # its own in the subnet: where instances see it from
    groups: list[str]
    preserves_client: bool
    dns: str
    state: str = "create-complete"


def answer(action: str, form: dict[str, str], dns: str) -> bytes:
    if action == "CreateInstanceConnectEndpoint":
        inner = f"<instanceConnectEndpoint>{_describe(_create(form, dns))}</instanceConnectEndpoint>"
    elif action == "DeleteInstanceConnectEndpoint":
        gone = state.endpoints.pop(form["InstanceConnectEndpointId"])
        gone.state = "delete-in-progress"
        inner = f"<instanceConnectEndpoint>{_describe(gone)}</instanceConnectEndpoint>"
    else:
        items = "".join(f"<item>{_describe(endpoint)}</item>" for endpoint in _select(form))
        inner = f"<instanceConnectEndpointSet>{items}</instanceConnectEndpointSet>"
    account.changed.set()
    return f'<{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{inner}</{action}Response>'.encode()


def _create(form: dict[str, str], dns: str) -> Endpoint:
    ec2 = account.ec2()
    subnet = ec2.get_subnet(form["SubnetId"])
    groups = [value for key, value in sorted(form.items()) if key.startswith("SecurityGroupId.")]
    address = str(subnet.cidr.broadcast_address - 1 - len(state.endpoints))  # instances have theirs from below
    interface = ec2.create_network_interface(subnet, address, group_ids=groups)
    endpoint = Endpoint(
        id="eice-" + uuid.uuid4().hex[:17],
        vpc=subnet.vpc_id,
        subnet=subnet.id,
        zone=subnet.availability_zone,
        interface=interface.id,
        address=address,
        groups=[group.id for group in interface.group_set],
        preserves_client=form.get("PreserveClientIp") == "true",
        dns=dns,
    )
    state.endpoints[endpoint.id] = endpoint
    return endpoint


def _select(form: dict[str, str]) -> list[Endpoint]:
    found = list(state.endpoints.values())
    for key, name in form.items():
        if not (key.startswith("Filter.") and key.endswith(".Name")):
            continue
        values = [value for other, value in form.items() if other.startswith(key.removesuffix("Name") + "Value.")]
        found = [endpoint for endpoint in found if getattr(endpoint, OWN_FILTERS[name]) in values]
    return found


def _describe(endpoint: Endpoint) -> str:
    groups = "".join(f"<item>{group}</item>" for group in endpoint.groups)
    return (
        f"<instanceConnectEndpointId>{endpoint.id}</instanceConnectEndpointId><state>{endpoint.state}</state>"
        f"<dnsName>{escape(endpoint.dns)}</dnsName><fipsDnsName>{escape(endpoint.dns)}</fipsDnsName>"
        f"<networkInterfaceIdSet><item>{endpoint.interface}</item></networkInterfaceIdSet>"
        f"<vpcId>{endpoint.vpc}</vpcId><availabilityZone>{endpoint.zone}</availabilityZone><subnetId>{endpoint.subnet}</subnetId>"
        f"<preserveClientIp>{str(endpoint.preserves_client).lower()}</preserveClientIp>"
        f"<securityGroupIdSet>{groups}</securityGroupIdSet>"
    )
