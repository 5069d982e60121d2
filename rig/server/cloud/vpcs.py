"""The default VPC as AWS makes it: with a way out, which moto's lacks."""

from moto.ec2.models import EC2Backend


def install() -> None:
    moto_init = EC2Backend.__init__

    def init(self, region_name, account_id):
        moto_init(self, region_name, account_id)
        gateway = self.create_internet_gateway()
        self.attach_internet_gateway(gateway.id, self.default_vpc.id)
        tables = self.describe_route_tables(filters={"vpc-id": [self.default_vpc.id]})
        self.create_route(tables[0].id, "0.0.0.0/0", gateway_id=gateway.id)

    EC2Backend.__init__ = init
