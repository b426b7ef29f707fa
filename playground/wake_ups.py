"""Wake-ups: a process that makes work due tells the workers, so that they need not look often.

A worker that wrote what pages show tells the web processes in the same way, so that a poll that
waits for news is answered at once.

On PostgreSQL by LISTEN and NOTIFY; on SQLite by datagram sockets in the data folder, one for each
process. Nothing depends on a wake-up. It carries no data; a worker also looks for work without one,
and more often while it cannot listen, and pages poll.
"""

import contextlib
import logging
import os
import socket
import threading
from collections.abc import Callable
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)


class Topic(Enum):
    """What wake-ups are about: the channel of PostgreSQL, and the folder of sockets."""

    WORK = "playground_work", "wake-ups"
    NEWS = "playground_news", "wake-ups/news"

    @property
    def channel(self) -> str:
        return self.value[0]

    @property
    def folder(self) -> Path:
        return Path(settings.DATA_DIR) / self.value[1]


RETRY_SECONDS = 5.0  # after a connection was lost
STOP_SECONDS = 2.0


def wake_workers() -> None:
    """Wake the workers once the transaction in hand is committed; at once where there is none."""
    wake_listeners(Topic.WORK)


def tell_pages() -> None:
    """Wake the polls that wait for news, likewise."""
    wake_listeners(Topic.NEWS)


def wake_listeners(topic: Topic) -> None:
    wake = _notify if connection.vendor == "postgresql" else _send_datagrams
    transaction.on_commit(partial(wake, topic))


def _notify(topic: Topic) -> None:
    with contextlib.suppress(Error), connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {topic.channel}")


def _send_datagrams(topic: Topic) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        for path in topic.folder.glob("*.socket"):
            try:
                sender.sendto(b"\0", str(path))
            except ConnectionRefusedError:  # its process was killed
                path.unlink(missing_ok=True)
            except OSError:
                continue  # a full buffer holds a wake-up that was not read yet


class Listener(threading.Thread):
    """Calls a function at each wake-up, until it is stopped or its process ends.

    is_listening  False before it begins to listen, and after it lost its connection or socket
    """

    def __init__(self, wake: Callable[[], object], topic: Topic = Topic.WORK) -> None:
        super().__init__(name="wake-ups", daemon=True)
        self.topic = topic
        self.is_listening = False
        self._wake = wake
        self._stopping = threading.Event()

    def run(self) -> None:
        listen = _listen_to_database if connection.vendor == "postgresql" else _listen_to_socket
        while not self._stopping.is_set():
            try:
                listen(self)
            except (Error, OSError) as error:
                logger.warning("No wake-ups for this process, which looks oftener: %s", error)
            self.is_listening = False
            self._stopping.wait(RETRY_SECONDS)

    def stop(self) -> None:
        """Listen no more; the process ends without waiting for a database that is away."""
        self._stopping.set()
        wake_listeners(self.topic)
        self.join(STOP_SECONDS)

    def begin(self) -> None:
        """Say that wake-ups arrive from here on; what was due before is looked at once."""
        self.is_listening = True
        self._wake()

    def hear(self) -> bool:
        """Pass a wake-up on; return whether there is more to listen to."""
        if self._stopping.is_set():
            return False
        self._wake()
        return True


def _listen_to_database(listener: Listener) -> None:
    """Wait for NOTIFY on a connection of its own."""
    own: BaseDatabaseWrapper = connections.create_connection("default")
    try:
        with own.cursor() as cursor:
            cursor.execute(f"LISTEN {listener.topic.channel}")
        listener.begin()
        driver: Any = own.connection  # psycopg's
        with own.wrap_database_errors:
            for _ in driver.notifies():
                if not listener.hear():
                    return
    finally:
        own.close()


def _listen_to_socket(listener: Listener) -> None:
    """Wait for datagrams on a socket that is named after this process."""
    listener.topic.folder.mkdir(parents=True, exist_ok=True)
    path = listener.topic.folder / f"{os.getpid()}.socket"
    path.unlink(missing_ok=True)  # of a killed process with the same number
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        try:
            listener.begin()
            while receiver.recv(1) and listener.hear():
                pass
        finally:
            path.unlink(missing_ok=True)
