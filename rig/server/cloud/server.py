"""Starts moto, completed, behind the front."""

import os
import sys
import threading
from collections.abc import Callable

# moto reads these when it is imported.
os.environ["MOTO_ENABLE_AMI_VALIDATION"] = "true"
os.environ["MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION"] = "true"

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from . import catalogue, fleets, images, instances, permissions, schedules, vpcs
from .front import Front


class Quiet(MotoRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_) -> None:
        pass


def start_api(address: str, port: int, control: Callable, services: str) -> None:
    """Answers from when it returns. `services`: the address of what AWS has outside its API."""
    os.environ["MOTO_PORT"] = str(port)
    for part in (vpcs, instances, images, fleets, catalogue, permissions):
        part.install()
    app = Front(DomainDispatcherApplication(create_backend_app), control, services)
    server = make_server(address, port, app, threaded=True, request_handler=Quiet)
    tell = server.handle_error

    def handle_error(request, client) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that was killed
            tell(request, client)

    server.handle_error = handle_error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    schedules.run()
