"""A RabbitMQ server for tests, on free ports, with a temporary folder."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from kombu import Connection

from tests.broker_server import BrokerServer
from tests.launched import free_port

PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # on PATH is a script for the account rabbitmq
START_SECONDS = 120

# Kills both processes when our end of the pipe is closed, in whatever way this process ended.
GUARD = """
epmd -port "$ERL_EPMD_PORT" & names=$!
"$0" >"$RABBITMQ_LOG_BASE/out" 2>&1 & server=$!
cat >/dev/null
kill -TERM $server; wait $server; kill -KILL $names
"""


class RabbitServer(BrokerServer):
    """Start a server with the account guest, on loopback."""

    name = "rabbit"
    stop_seconds = 60

    def __init__(self) -> None:
        if not Path(PROGRAM).exists() or not shutil.which("epmd"):
            pytest.skip("no RabbitMQ here (apt-get install rabbitmq-server)")
        super().__init__()

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": self.folder.name,  # for Erlang's cookie
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"tests{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": self.folder.name,
            "RABBITMQ_LOG_BASE": self.folder.name,
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{self.folder.name}/plugins",
            "RABBITMQ_CONFIG_FILE": f"{self.folder.name}/none",
        }

    def start(self) -> None:
        self.guard = subprocess.Popen(
            ["sh", "-c", GUARD, PROGRAM],
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        give_up_at = time.monotonic() + START_SECONDS
        while not self.is_answering():
            assert self.guard.poll() is None, self.log_end()
            assert time.monotonic() < give_up_at, self.log_end()
            time.sleep(0.1)

    def is_answering(self) -> bool:
        try:
            with Connection(self.url, connect_timeout=5) as connection:
                connection.connect()
        except OSError:
            return False
        return True

    def log_end(self) -> str:
        return (Path(self.folder.name) / "out").read_text(errors="replace")[-2000:]
