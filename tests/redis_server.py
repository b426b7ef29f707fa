"""A Redis or Valkey server for tests, on a free port, with a temporary folder."""

import os
import shutil
import socket
import subprocess
import time

import pytest

from tests.broker_server import BrokerServer

PROGRAMS = ("valkey-server", "redis-server")
REQUIRED = "REQUIRE_BROKER"

# Kills the server when our end of the pipe is closed, in whatever way this process ended.
GUARD = '"$@" >/dev/null & server=$!; cat >/dev/null; kill -KILL $server; wait $server'


def find_program() -> str:
    """Return the path of a server; without one skip the test, or fail it in .ci/run."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), "")
    if not found:
        lacking = "no redis-server and no valkey-server here: install one (.ci/redis)"
        (pytest.fail if REQUIRED in os.environ else pytest.skip)(lacking)
    return found


class RedisServer(BrokerServer):
    """Start a server without persistence: after a kill and a start it is empty."""

    name = "redis"
    stop_seconds = 30

    def __init__(self) -> None:
        self.program = find_program()
        super().__init__()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self.guard = subprocess.Popen(
            ["sh", "-c", GUARD, "sh", self.program, "--dir", self.folder.name, *words],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is handled here, by closing the pipe
        )
        while not self.is_answering():
            assert self.guard.poll() is None, "Redis ended at its start"
            time.sleep(0.01)

    def is_answering(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except OSError:
            return False
        return True
