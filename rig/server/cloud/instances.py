"""Instances as AWS has them: pending and shutting down for a while, refused where there is no capacity, addresses of nobody."""

import itertools
import threading
import uuid

from moto.ec2 import utils
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import elastic_network_interfaces, instances, security_groups

from . import account, state


def install() -> None:
    # Public addresses that belong to nobody instead of Amazon's: TEST-NET-2, each at most once in 250.
    addresses = itertools.cycle(f"198.51.100.{n}" for n in range(4, 254))
    elastic_network_interfaces.random_public_ip = lambda: next(addresses)
    utils.filter_dict_attribute_mapping["client-token"] = "client_token"
    _complete_launch()
    _complete_end()
    _complete_groups()


def _complete_launch() -> None:
    moto_run = instances.InstanceBackend.run_instances

    def run_instances(self, image_id, count, user_data, security_group_names, **more):
        if image_id in self.deleted_amis:
            raise EC2ClientError("InvalidAMIID.Unavailable", f"The image ID '[{image_id}]' is no longer available")
        template = self._get_template_from_args(more["launch_template"]).data if more.get("launch_template") else {}
        for ours, theirs in (
            ("instance_initiated_shutdown_behavior", "InstanceInitiatedShutdownBehavior"),
            ("metadata_options", "MetadataOptions"),
        ):
            more[ours] = more.get(ours) or template.get(theirs) or {}
        cards = more.get("nics") or []
        if not more.get("subnet_id") and not any("SubnetId" in card for card in cards):
            zones = self.get_default_subnets()
            more["subnet_id"] = (zones.get(more.get("placement")) or next(iter(zones.values()))).id
        zone = self.get_subnet(more.get("subnet_id") or cards[0]["SubnetId"]).availability_zone
        is_spot = bool(more.get("instance_market_options")) or more.get("lifecycle") == "spot"
        if refusal := state.take_refusal(more["instance_type"], zone, "spot" if is_spot else "on-demand"):
            raise EC2ClientError(*_reason(refusal, more["instance_type"], zone))
        more["associate_public_ip"] = more.get("associate_public_ip") or None  # not said: the subnet decides
        reservation = moto_run(self, image_id, count, user_data, security_group_names, **more)
        for instance in reservation.instances:
            groups = [self.get_security_group_from_id(group) for card in cards for group in card.get("Groups", [])]
            instance.security_groups = instance.security_groups or groups
            if is_spot:
                instance.spot_instance_request_id = "sir-" + uuid.uuid4().hex[:8]
            _pass_through(instance, ("pending", 0), ("running", 16), state.settings["pending"])
        return reservation

    instances.InstanceBackend.run_instances = run_instances


def _reason(refusal: dict, instance_type: str, zone: str) -> tuple[str, str]:
    message = f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested ({zone})."
    return refusal.get("code", "InsufficientInstanceCapacity"), refusal.get("message", message)


def _complete_end() -> None:
    moto_terminate = instances.Instance.terminate

    def terminate(self):
        if self._state.name in ("shutting-down", "terminated"):
            return instances.InstanceState(self._state.name, self._state.code)
        previous = moto_terminate(self)
        _pass_through(self, ("shutting-down", 32), ("terminated", 48), state.settings["shutting_down"])
        return previous

    instances.Instance.terminate = terminate

    moto_stop = instances.Instance.stop

    def stop(self):
        if getattr(self, "spot_instance_request_id", None):
            raise EC2ClientError("UnsupportedOperation", f"You can't stop the Spot Instance '{self.id}' of a one-time request")
        previous = moto_stop(self)
        _pass_through(self, ("stopping", 64), ("stopped", 80), state.settings["shutting_down"])
        return previous

    instances.Instance.stop = stop


def _complete_groups() -> None:
    moto_delete = security_groups.SecurityGroupBackend.delete_security_group

    def delete_security_group(self, name=None, group_id=None):
        for instance in self.all_instances():
            used = any(group and (group.id == group_id or group.name == name) for group in instance.security_groups)
            if used and instance.state != "terminated":
                raise EC2ClientError("DependencyViolation", f"resource {group_id or name} has a dependent object")
        return moto_delete(self, name, group_id)

    security_groups.SecurityGroupBackend.delete_security_group = delete_security_group


def _pass_through(instance, now: tuple[str, int], then: tuple[str, int], seconds: float) -> None:
    def arrive() -> None:
        if instance.state == now[0]:
            instance._state = instances.InstanceState(*then)
            account.changed.set()

    instance._state = instances.InstanceState(*now)
    account.changed.set()
    timer = threading.Timer(seconds, arrive)
    timer.daemon = True
    timer.start()
