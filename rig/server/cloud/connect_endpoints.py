"""EC2 instance connect endpoints, which moto lacks."""

import uuid

from . import state

ITEM = """<instanceConnectEndpointId>{id}</instanceConnectEndpointId><subnetId>{subnet}</subnetId>
<state>create-complete</state><dnsName>{dns}</dnsName>"""


def answer(action: str, form: dict[str, str], dns: str) -> bytes:
    if action == "CreateInstanceConnectEndpoint":
        id = "eice-" + uuid.uuid4().hex[:17]
        state.endpoints[id] = ITEM.format(id=id, subnet=form["SubnetId"], dns=dns)
        inner = f"<instanceConnectEndpoint>{state.endpoints[id]}</instanceConnectEndpoint>"
    elif action == "DeleteInstanceConnectEndpoint":
        gone = state.endpoints.pop(form["InstanceConnectEndpointId"], "")
        inner = f"<instanceConnectEndpoint>{gone}</instanceConnectEndpoint>"
    else:
        items = "".join(f"<item>{endpoint}</item>" for endpoint in state.endpoints.values())
        inner = f"<instanceConnectEndpointSet>{items}</instanceConnectEndpointSet>"
    return f'<{action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{inner}</{action}Response>'.encode()
