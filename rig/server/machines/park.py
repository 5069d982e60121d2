"""All machines of a rig: keeps the instances' in step with the account, makes and ends those that tests ask for."""

import itertools
import re
import secrets
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from ..cloud import account, images
from ..options import Options
from . import network
from .disks import Disks
from .machine import Machine, Plan
from .shell import sh

# What an instance never has of this machine; Node neither, an AMI has none.
HIDDEN = ["/home", "/root", "/tmp", "/var/tmp", "/srv", "/mnt", "/media", "/var/lib/cloud", "/var/log", "/opt", "/workspace", "/builds"]
NODE = [f"{p}/bin/{n}" for p in ("/usr", "/usr/local") for n in ("node", "nodejs", "npm", "npx", "corepack", "yarn", "pnpm")]


class Park:
    def __init__(self, options: Options):
        self.options = options
        self.machines: dict[str, Machine] = {}
        self.hosts: dict[str, Machine] = {}  # those that are no instances
        self.lock = threading.RLock()
        self._addresses = itertools.count(0)
        self._rules: list[str] | None = None
        self._broken: set[str] = set()  # that was told
        # A machine dies with the thread that started it, so that thread must not be one that answers a request.
        self._starter = ThreadPoolExecutor(1)
        self.logs = options.run / "logs"
        self.logs.mkdir()
        self.disks = Disks(options.run)
        images.keep_disk, images.drop_disk = self.disks.keep, self.disks.drop_image

    # Instances

    def run(self) -> None:
        said = None
        while True:
            account.changed.wait(0.1)
            account.changed.clear()
            try:
                self.step()
                said = None
            except Exception as error:  # one bad instance must not end the others
                if repr(error) != said:
                    said = repr(error)
                    self.say(said)
                    print(f"rig: {said}", file=sys.stderr)

    def step(self) -> None:
        """Brings machines and instances to the same state, once."""
        with self.lock:
            instances = {i.id: i for i in account.instances()}
            for id, machine in list(self.machines.items()):
                instance = instances.get(id)
                state = instance.state if instance else "gone"
                if state == "running":
                    state = self._power(machine, instance)
                if state not in ("running", "pending"):
                    machine.kill()
                    del self.machines[id]
                    self.say(f"{id} {state}")
            for id, instance in instances.items():
                if instance.state == "running" and id not in self.machines:
                    self.machines[id] = self._start(self._plan(instance))
                    self.say(f"{id} {' '.join(self.machines[id].plan.addresses)} starts")
            self._firewall(instances)
            kept = {id for id, instance in instances.items() if instance.state != "terminated"}
            self.disks.drop_all_but(kept | set(self.hosts))

    def _start(self, plan: Plan) -> Machine:
        return self._starter.submit(Machine, plan, self.options.name, self.logs / f"{plan.id}.log", self.disks).result()

    def _power(self, machine: Machine, instance) -> str:
        """What became of the machine of a running instance, told to the account when it switched itself off."""
        code = machine.process.poll()
        if code == -signal.SIGHUP:
            return "reboots"  # comes back in the same step
        if code is not None and code > 0 and machine.id not in self._broken:
            self._broken.add(machine.id)
            print(f"rig: {machine.id} did not boot: {machine.log.read_text(errors='replace')[-500:]}", file=sys.stderr)
        if code not in (0, -signal.SIGINT):  # the boot script ended, or systemd called reboot(2): anything else is a crash
            return "running"
        if instance.instance_initiated_shutdown_behavior == "terminate":
            instance.ec2_backend.terminate_instances([instance.id])
            return "terminated itself"
        instance.ec2_backend.stop_instances([instance.id])
        return "stopped itself"

    def _plan(self, instance) -> Plan:
        options = self.options
        image = images.lineage(instance.image_id)
        return Plan(
            id=instance.id,
            addresses=account.addresses(instance),
            hostname="ip-" + instance.private_ip.replace(".", "-"),
            init=options.init,
            memory=options.memory,
            disk=options.disk,
            pids=options.pids,
            hide=HIDDEN + NODE + options.hide,
            image=image,
            gpus=gpus(instance.instance_type),
            user=account.image_user(instance, image[-1]),
            environment={"RIG_MINUTE": f"{options.minute:g}"},
        )

    def _firewall(self, instances: dict) -> None:
        rules = []
        for id in self.machines:
            for address in account.addresses(instances[id]):
                if self.options.security_groups:
                    rules += [f"ip saddr {source} ip daddr {address} {ports}accept" for source, ports in account.ingress(instances[id])]
                else:
                    rules.append(f"ip daddr {address} accept")
        rules += [f"ip daddr {host.plan.addresses[0]} accept" for host in self.hosts.values()]
        rules = sorted(set(rules))
        if rules != self._rules:
            network.set_rules(rules)
            self._rules = rules

    # Machines that are no instances

    def start_host(self, user: str, sudo: bool, node: bool, memory: int | None, disk: str | None, hide: list[str], sshd_config: list[str]) -> dict:
        id = "h-" + secrets.token_hex(8)
        keys = {name: new_key(self.options.run / f"{id}-{name}") for name in ("host", "user")}
        with self.lock:
            number = next(self._addresses)
            address = f"172.31.{240 + number // 250 % 15}.{4 + number % 250}"
            plan = Plan(
                id=id,
                addresses=[address],
                hostname="rig-host",
                init="plain",
                memory=memory or self.options.memory,
                disk=disk or self.options.disk,
                pids=self.options.pids,
                hide=HIDDEN + ([] if node else NODE) + self.options.hide + hide,
                user=user,
                environment={
                    "RIG_SUDO": str(int(sudo)),
                    "RIG_AUTHORIZED_KEY": keys["user"][1],
                    "RIG_HOST_KEY": keys["host"][0],
                    "RIG_SSHD_CONFIG": "\n".join(["PermitRootLogin prohibit-password", *sshd_config]),
                },
            )
            self.hosts[id] = self._start(plan)
            self._rules = None
        account.changed.set()
        self.step()
        wait_for_sshd(address, self.hosts[id])
        return {"id": id, "host": address, "port": 22, "user": user, "privateKey": keys["user"][0], "hostKeys": [keys["host"][1]]}

    def stop_host(self, id: str) -> None:
        with self.lock:
            if machine := self.hosts.pop(id, None):
                machine.kill()

    # Both

    def machine(self, id: str) -> Machine:
        machine = self.machines.get(id) or self.hosts.get(id)
        if not machine:
            raise LookupError(f"There is no machine {id}")
        return machine

    def by_address(self, address: str) -> Machine | None:
        machines = [*list(self.machines.values()), *list(self.hosts.values())]
        return next((machine for machine in machines if address in machine.plan.addresses), None)

    def close(self) -> None:
        with self.lock:
            for machine in [*self.machines.values(), *self.hosts.values()]:
                machine.kill()

    def say(self, text: str) -> None:
        with (self.logs / "machines.log").open("a") as log:
            print(time.strftime("%H:%M:%S"), text, file=log)


def gpus(instance_type: str) -> int:
    if not re.match(r"[gp]\d", instance_type):
        return 0
    return 8 if re.search(r"(48|24|16)xlarge", instance_type) and "g4dn.16" not in instance_type else 4 if "12xlarge" in instance_type else 1


def new_key(path) -> tuple[str, str]:
    """An ed25519 key pair: the private one as OpenSSH writes it, and the public one's line."""
    sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path))
    public = path.with_suffix(path.suffix + ".pub")
    pair = path.read_text(), public.read_text().strip()
    path.unlink()
    public.unlink()
    return pair


def wait_for_sshd(address: str, machine: Machine) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and machine.process.poll() is None:
        try:
            with network.straight_to(address) as connection:
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"sshd of {machine.id} does not answer:\n{machine.log.read_text()[-2000:]}")
