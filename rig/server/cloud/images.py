"""Images made of instances, with what is on their disks, which moto leaves out, and fewer of AWS's own."""

import functools
import threading
from collections.abc import Callable

from moto.core.responses import ActionResult
from moto.core.parse import default_timestamp_parser
from moto.ec2.models import amis
from moto.ec2.responses.amis import AmisResponse
from moto.utilities.utils import load_resource

from . import permissions, state
from .instances import EC2ClientError

# Whoever has the disks of machines: keeps that of an instance as an image's, and drops it. (image, instance), (image)
keep_disk: Callable[[str, str], None] = lambda image, instance: None
drop_disk: Callable[[str], None] = lambda image: None


def install() -> None:
    moto_create = amis.AmiBackend.create_image
    moto_mappings = amis.Ami.block_device_mappings.fget
    moto_deregister = AmisResponse.deregister_image

    def create_image(self, instance_id, name, description, tag_specifications):
        if any(image.name == name and image.owner_id == self.account_id for image in self.amis.values()):
            raise EC2ClientError("InvalidAMIName.Duplicate", f"AMI name {name} is already in use")
        tags = {kind: [] for kind in ("image", "snapshot")}
        for spec in tag_specifications:
            tags[spec["ResourceType"]] += spec["Tags"]
        image = moto_create(self, instance_id, name, description, [{"ResourceType": "image", "Tags": tags["image"]}])
        image.ebs_snapshot.add_tags({tag["Key"]: tag["Value"] for tag in tags["snapshot"]})
        instance = self.get_instance(instance_id)
        source = self.describe_images(ami_ids=[instance.image_id])[0]
        image.root_device_name, image.architecture = source.root_device_name, source.architecture
        volumes = dict(instance.get_block_device_mapping)
        image.ebs_snapshot.volume.size = volumes[source.root_device_name].size
        image.state = "pending"
        state.parents[image.id] = instance.image_id
        keep_disk(image.id, instance_id)
        timer = threading.Timer(state.settings["imaging"], _arrive, [image])
        timer.daemon = True
        timer.start()
        return image

    def block_device_mappings(self):
        mappings = moto_mappings(self)
        if self.instance_id:
            mappings[0]["Ebs"]["VolumeSize"] = self.ebs_snapshot.volume.size
        return mappings

    def deregister_image(self):
        image = self.ec2_backend.amis.get(self._get_param("ImageId"))
        deletes = self._get_param("DeleteAssociatedSnapshots") in (True, "true")
        key = permissions.access_key(self.headers.get("Authorization", ""))
        if deletes and not permissions.allows(key, "ec2:DeleteSnapshot"):
            raise EC2ClientError("UnauthorizedOperation", "You are not authorized to perform this operation: ec2:DeleteSnapshot")
        result = moto_deregister(self).result
        if not (image and deletes):
            return ActionResult(result)
        self.ec2_backend.delete_snapshot(image.ebs_snapshot.id)
        drop_disk(image.id)
        return ActionResult(result | {"DeleteSnapshotResults": [{"SnapshotId": image.ebs_snapshot.id, "ReturnCode": "success"}]})

    def load(self):
        for image in _published(self.region_name):
            self.amis[image["ami_id"]] = amis.Ami(self, **image)

    amis.AmiBackend._load_amis = load
    amis.AmiBackend.create_image = create_image
    amis.Ami.block_device_mappings = property(block_device_mappings)
    AmisResponse.deregister_image = deregister_image


@functools.cache
def _published(region: str) -> list[dict]:
    """Those of AWS that somebody may launch: a thousand of ECS, each with a snapshot, would be made anew at each reset."""
    try:
        latest = load_resource(f"ec2/resources/latest_amis/{region}.json")
    except FileNotFoundError:
        latest = []  # a region that moto knows no images of
    images = [image | {"owner_alias": "amazon"} for image in [*amis.AMIS, *latest]]
    for image in images:
        if isinstance(created := image.get("creation_date"), str):
            image["creation_date"] = default_timestamp_parser(created)
    return images


def _arrive(image) -> None:
    if image.state == "pending":
        image.state = "available"


def lineage(image_id: str) -> list[str]:
    """The image, and those that it was made of, newest first: the last one is AWS's."""
    return [image_id, *(lineage(state.parents[image_id]) if image_id in state.parents else [])]
