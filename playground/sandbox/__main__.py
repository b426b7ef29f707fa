"""Runs the sandbox as a process: `python -m playground.sandbox --port N --data DIR`."""

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path

from playground.sandbox.api import Api
from playground.sandbox.app import App
from playground.sandbox.rig import Rig
from playground.sandbox.server import HOST, Server
from playground.sandbox.store import Store
from playground.sandbox.studio import Studio
from playground.sandbox.switches import Switches
from playground.sandbox.tasks import Durations

DEFAULT_KEYS = ("mv_sandbox_demo",)
QUEUED_SHARE = 1 / 6


def main() -> int:
    """Serve until SIGTERM or SIGINT; return 1 if the port is in use."""
    options = read_options()
    logging.basicConfig(level=logging.WARNING)
    api_keys = tuple(options.api_key or DEFAULT_KEYS)
    if options.api_key_file:
        api_keys = (options.api_key_file.read_text().strip(),)
    store = Store(options.data)
    store.allow(api_keys)
    studio = Studio(options.data)
    api = Api(store=store, studio=studio, usual=split_seconds(options.seconds))
    rig = Rig(api=api, switches=Switches(store=store, first_keys=api_keys))
    try:
        server = Server(options.port, App(rig.answer if options.control else api.answer))
    except OSError as error:
        print(f"Sandbox: cannot listen on {HOST}:{options.port}: {error.strerror}", file=sys.stderr)  # noqa: T201 - the one line a failed start says
        return 1
    studio.start()
    serve(server)
    studio.stop()
    return 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m playground.sandbox")
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for everything kept")
    parser.add_argument("--seconds", type=float, default=6, help="how long a task takes")
    parser.add_argument("--api-key", action="append", help="repeat it for several keys")
    parser.add_argument(
        "--api-key-file",
        type=Path,
        help="a file with the key: everybody on the machine can read a command line",
    )
    parser.add_argument("--control", action="store_true", help="open /control/ for tests")
    return parser.parse_args()


def split_seconds(seconds: float) -> Durations:
    queued = seconds * QUEUED_SHARE
    return Durations(queued=queued, processing=seconds - queued)


def serve(server: Server) -> None:
    """Serve until a signal; `shutdown` would deadlock in the serving thread."""

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print(f"Sandbox ready at {server.url}", flush=True)  # noqa: T201 - the ready line
    with server:
        server.serve_forever(poll_interval=0.1)


if __name__ == "__main__":
    sys.exit(main())
