"""EventBridge Scheduler, which moto keeps but never runs: `at(...)` schedules that end instances."""

import datetime
import threading
import time

from . import account


def run() -> None:
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    while True:
        now = datetime.datetime.now(datetime.timezone.utc)
        for group, schedule in account.schedules():
            if schedule.state == "ENABLED" and _time_of(schedule) <= now:
                if schedule.target["Arn"].endswith(":ec2:terminateInstances"):
                    account.terminate(account.input_of(schedule)["InstanceIds"])
                group.schedules.pop(schedule.name, None)
        time.sleep(0.25)


def _time_of(schedule) -> datetime.datetime:
    text = schedule.schedule_expression
    if not text.startswith("at("):
        return datetime.datetime.max.replace(tzinfo=datetime.timezone.utc)
    return datetime.datetime.fromisoformat(text[3:-1]).replace(tzinfo=datetime.timezone.utc)
