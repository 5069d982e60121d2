"""CreateFleet: one instance at a time, overrides in their order, errors of each, and nothing of the template lost."""

import types

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.fleets import Fleet
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses.fleets import Fleets


def install() -> None:
    Fleet.create_spot_requests = lambda self, wanted: _launch(self, "spot", int(wanted))
    Fleet.create_on_demand_requests = lambda self, wanted: _launch(self, "on-demand", int(wanted))
    moto_create = Fleets.create_fleet

    def create_fleet(self):
        if "SpotOptions" in self.params:
            self.params["SpotOptions"].setdefault("AllocationStrategy", "lowestPrice")
        result = moto_create(self).result
        errors = getattr(self.ec2_backend.fleets[result["FleetId"]], "errors", [])
        return ActionResult(result | {"Errors": errors})

    Fleets.create_fleet = create_fleet


def _launch(fleet, market: str, wanted: int) -> None:
    fleet.errors = getattr(fleet, "errors", [])
    for spec in fleet.launch_specs:
        while wanted > 0:
            try:
                reservation = _run_instance(fleet, spec, market)
            except EC2ClientError as error:
                fleet.errors.append(
                    {
                        "LaunchTemplateAndOverrides": {
                            "LaunchTemplateSpecification": spec.launch_template_spec,
                            "Overrides": spec.overrides or {},
                        },
                        "Lifecycle": market,
                        "ErrorCode": error.code,
                        "ErrorMessage": error.message,
                    }
                )
                break
            wanted -= 1
            fleet.fulfilled_capacity += 1
            instance = reservation.instances[0]
            if market == "spot":
                request = types.SimpleNamespace(id=instance.spot_instance_request_id, instance=instance, launch_spec=spec)
                fleet.spot_requests.append(request)
            else:
                fleet.on_demand_instances.append({"id": reservation.id, "instance": instance, "launch_spec": spec})


def _run_instance(fleet, spec, market: str):
    backend = fleet.ec2_backend
    template = backend.get_launch_template(spec.launch_template_spec["LaunchTemplateId"])
    data = template.get_version(spec.launch_template_spec.get("Version", "1")).data | (spec.overrides or {})
    if image := backend.amis.get(data["ImageId"]):  # one that is not there is refused below
        _check_architecture(data["InstanceType"], image)
    reservation = backend.run_instances(
        data["ImageId"],
        1,
        spec.user_data or data.get("UserData"),
        [],
        instance_type=data["InstanceType"],
        is_instance_type_default=False,
        lifecycle="spot" if market == "spot" else None,
        key_name=data.get("KeyName"),
        subnet_id=data.get("SubnetId"),
        placement=data.get("AvailabilityZone"),
        security_group_ids=list(data.get("SecurityGroupIds", [])),
        nics=[_with_subnet(card, data) for card in data.get("NetworkInterfaces", [])],
        associate_public_ip=any(_is_true(card.get("AssociatePublicIpAddress")) for card in data.get("NetworkInterfaces", [])),
        tags=spec.tag_specifications,
        metadata_options=data.get("MetadataOptions", {}),
        region_name=backend.region_name,
        instance_initiated_shutdown_behavior=data.get("InstanceInitiatedShutdownBehavior"),
        block_device_mappings=data.get("BlockDeviceMappings", []),
    )
    if profile := data.get("IamInstanceProfile"):
        backend.associate_iam_instance_profile(
            reservation.instances[0].id,
            iam_instance_profile_name=profile.get("Name"),
            iam_instance_profile_arn=profile.get("Arn"),
        )
    return reservation


def _check_architecture(instance_type: str, image) -> None:
    supported = INSTANCE_TYPES[instance_type]["ProcessorInfo"]["SupportedArchitectures"]
    if image.architecture not in supported:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"The architecture '{','.join(supported)}' of the specified instance type does not match the architecture "
            f"'{image.architecture}' of the specified AMI.",
        )


def _with_subnet(card: dict, data: dict) -> dict:
    return {"SubnetId": data["SubnetId"], **card} if data.get("SubnetId") else card


def _is_true(value) -> bool:
    return value in (True, "true", "True")
