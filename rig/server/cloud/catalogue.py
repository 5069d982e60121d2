"""What can be had: public names of images, quotas, prices."""

import datetime
import json

from moto.core.responses import ActionResult
from moto.ec2.responses.spot_instances import SpotInstances
from moto.servicequotas.models import ServiceQuotasBackend
from moto.ssm import models as ssm

from . import state


def install() -> None:
    _complete_images()
    _complete_quotas()
    _complete_spot_prices()


def _complete_images() -> None:
    moto_look = ssm.ParameterDict._check_loading_status

    def look(self, key):
        moto_look(self, key)
        value = state.settings["amis"].get(key)
        if value and not dict.__contains__(self, key):
            now = datetime.datetime.now().timestamp()
            parameter = ssm.Parameter(self.account_id, key, value, "String", None, None, None, now, 1, "aws:ec2:image")
            dict.__setitem__(self, key, [parameter])

    ssm.ParameterDict._check_loading_status = look


def _complete_quotas() -> None:
    moto_quota = ServiceQuotasBackend.get_service_quota

    def get_service_quota(self, service_code, quota_code):
        if service_code != "ec2" or quota_code not in state.settings["quotas"]:
            return moto_quota(self, service_code, quota_code)
        return {
            "ServiceCode": "ec2",
            "QuotaCode": quota_code,
            "QuotaName": quota_code,
            "Value": state.settings["quotas"][quota_code],
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }

    ServiceQuotasBackend.get_service_quota = get_service_quota


def _complete_spot_prices() -> None:
    moto_history = SpotInstances.describe_spot_price_history

    def describe_spot_price_history(self):
        history = moto_history(self).result["SpotPriceHistory"]
        for entry in history:
            price = state.settings["prices"].get(entry["InstanceType"], 0.2)
            entry["SpotPrice"] = f"{price * state.settings['spot_share']:.6f}"
        return ActionResult({"SpotPriceHistory": history})

    SpotInstances.describe_spot_price_history = describe_spot_price_history


def products(asked: dict) -> bytes:
    """The answer of pricing:GetProducts, which moto lacks."""
    filters = {entry["Field"]: entry["Value"] for entry in asked["Filters"]}
    if filters.get("productFamily") == "Storage Snapshot":
        found = _snapshots(filters["regionCode"])
        return json.dumps({"FormatVersion": "aws_v1", "PriceList": [json.dumps(product) for product in found]}).encode()
    wanted = [entry["Value"] for entry in asked["Filters"] if entry["Field"] == "instanceType"]
    found = [_product(name, usd) for name, usd in state.settings["prices"].items() if not wanted or name in wanted]
    return json.dumps({"FormatVersion": "aws_v1", "PriceList": [json.dumps(product) for product in found]}).encode()


def _snapshots(region: str) -> list[dict]:
    """As AWS has them: of one family are the plain one, whose name says its region but for the first, and the archived."""
    prefix = "" if region == "us-east-1" else f"{region.upper().replace('-', '')}-"
    usages = {"EBS:SnapshotArchiveStorage": 0.0125, "EBS:SnapshotUsage": state.settings["snapshot_price"]}
    return [
        {
            "product": {"productFamily": "Storage Snapshot", "attributes": {"usagetype": prefix + usage}},
            "terms": {"OnDemand": {"A": {"priceDimensions": {"B": {"unit": "GB-Mo", "pricePerUnit": {"USD": f"{usd}"}}}}}},
        }
        for usage, usd in usages.items()
    ]


def _product(instance_type: str, usd: float) -> dict:
    attributes = {"instanceType": instance_type, "regionCode": "us-east-1", "operatingSystem": "Linux", "tenancy": "Shared"}
    dimension = {"unit": "Hrs", "pricePerUnit": {"USD": f"{usd:.10f}"}}
    return {
        "product": {"productFamily": "Compute Instance", "attributes": attributes, "sku": "RIG"},
        "terms": {"OnDemand": {"RIG.A": {"priceDimensions": {"RIG.A.B": dimension}}}},
    }
