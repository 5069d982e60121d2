"""What is below /rig/ at the API's address: how tests arrange faults, look behind the scenes and meddle with machines."""

import json

from .cloud import account, permissions, state
from .link import Link
from .machines.metadata import MetadataService
from .machines.park import Park
from .tunnels import Tunnels


class Control:
    def __init__(self, park: Park, metadata: MetadataService, link: Link, tunnels: Tunnels):
        self.park = park
        self.metadata = metadata
        self.link = link
        self.tunnels = tunnels

    def __call__(self, environ: dict, body: bytes) -> tuple[int, object]:
        """Status and answer. Instances get nothing: only the command may ask."""
        if self.park.by_address(environ["REMOTE_ADDR"]):
            return 403, {"error": "Not for machines"}
        name = environ["PATH_INFO"].removeprefix("/rig/").replace("/", "_")
        action = getattr(self, name, None)
        if name.startswith("_") or not callable(action):
            return 404, {"error": f"The rig has no {name}"}
        try:
            answer = action(**json.loads(body or "{}"))
            return 200, {} if answer is None else answer
        except (KeyError, LookupError, TypeError) as error:
            return 400, {"error": str(error)}

    # The account

    def calls(self) -> list[dict]:
        """Every call to AWS since this was asked last."""
        return state.take_calls()

    def mails(self) -> list[dict]:
        return account.mails()

    def left(self) -> list[str]:
        return account.left()

    def fault(self, **fault) -> None:
        """The next calls of that name (a pattern) fail: call, times, skip, delay (s), status, code, message, drop (before or after)."""
        state.faults.append(fault)

    def refuse(self, **refusal) -> None:
        """No capacity for what matches `type/zone/market`: match, times, code, message."""
        state.refusals.append(refusal)

    def set(self, **settings) -> None:
        state.change(settings)

    def user(self, policy: dict) -> dict:
        """Credentials of a new user who may do what the policy says."""
        return permissions.make_user(policy)

    def reset(self) -> None:
        """Everything as in a new account. Machines of its instances are gone when this returns."""
        account.reset()
        state.reset()
        self.link.set()
        self.metadata.notices.clear()
        self.park.step()

    # Machines

    def machines(self) -> dict[str, dict]:
        return {
            machine.id: {
                "pid": machine.process.pid,
                "addresses": machine.plan.addresses,
                "memory": machine.cgroup.memory(),
                "alive": machine.process.poll() is None,
            }
            for machine in [*self.park.machines.values(), *self.park.hosts.values()]
        }

    def host(
        self,
        user: str = "dev",
        sudo: bool = False,
        node: bool = False,
        memory: int | None = None,
        disk: str | None = None,
        hide: list[str] | None = None,
        sshd: list[str] | None = None,
    ) -> dict:
        """A machine with an SSH server that is no instance: somebody's own. Says how to get there."""
        return self.park.start_host(user, sudo, node, memory, disk, hide or [], sshd or [])

    def stop(self, id: str) -> None:
        self.park.stop_host(id)

    def execute(self, id: str, command: str, user: str = "root", stdin: str = "") -> dict:
        """Runs a command in a machine, past its network and its sshd."""
        return self.park.machine(id).execute(command, user, stdin)

    def spot(self, id: str, seconds: float = 120) -> None:
        """AWS wants the instance back: its metadata say so."""
        self.metadata.give_notice(id, seconds)

    def crash(self, id: str) -> None:
        """All its processes are gone at once; the API still says running."""
        self.park.machine(id).process.kill()

    def freeze(self, id: str) -> None:
        self.park.machine(id).cgroup.freeze(True)

    def thaw(self, id: str) -> None:
        self.park.machine(id).cgroup.freeze(False)

    def line(self, **settings) -> None:
        """The line to every SSH server: delay (s, each way), rate (bytes/s), stalled, refused; `cut` resets what is open."""
        self.link.set(**settings)

    def cut_tunnels(self) -> None:
        """What is open through instance connect endpoints breaks."""
        self.tunnels.cut()

    def image(self, id: str, command: str) -> dict:
        """Runs a command in the folder that has all that was written to the disk of an image."""
        return self.park.disks.search(id, command)

    def log(self, id: str) -> str:
        """What a machine's console shows."""
        return self.park.machine(id).log.read_text(errors="replace")
