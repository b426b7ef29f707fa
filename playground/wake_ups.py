"""Notifies workers that work is due, and web processes that pages have changed.

Workers therefore need not poll the database often, and waiting polls of pages are answered
immediately.

On PostgreSQL by LISTEN and NOTIFY; on SQLite by datagram sockets in the data folder, one per
process. Wake-ups have no data and may be lost: workers also poll, more often while they cannot
listen, and pages poll too.
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
    """Topics of wake-ups: the channel in PostgreSQL, or the folder of sockets."""

    WORK = "playground_work", "wake-ups"
    NEWS = "playground_news", "wake-ups/news"

    @property
    def channel(self) -> str:
        return self.value[0]

    @property
    def folder(self) -> Path:
        return Path(settings.DATA_DIR) / self.value[1]


RETRY_SECONDS = 5.0  # before reconnecting
STOP_SECONDS = 2.0


def wake_workers() -> None:
    """Wake the workers when the current transaction commits; immediately if there is none."""
    wake_listeners(Topic.WORK)


def tell_pages() -> None:
    """Wake the waiting polls of pages, likewise."""
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
                continue  # a full buffer already has an unread wake-up


class Listener(threading.Thread):
    """A thread that calls a function at each wake-up.

    is_listening  False before it listens, and after it lost its connection or socket
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
        """Stop the thread; wait a limited time, as the database may be unavailable."""
        self._stopping.set()
        wake_listeners(self.topic)
        self.join(STOP_SECONDS)

    def begin(self) -> None:
        """Set `is_listening`, and call the function once for earlier changes."""
        self.is_listening = True
        self._wake()

    def hear(self) -> bool:
        """Call the function for a wake-up; return False once stopped."""
        if self._stopping.is_set():
            return False
        self._wake()
        return True


def _listen_to_database(listener: Listener) -> None:
    """Wait for NOTIFY on a separate connection."""
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
    """Wait for datagrams on a socket named by this process's id."""
    listener.topic.folder.mkdir(parents=True, exist_ok=True)
    path = listener.topic.folder / f"{os.getpid()}.socket"
    path.unlink(missing_ok=True)  # left by a killed process with the same id
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        try:
            listener.begin()
            while receiver.recv(1) and listener.hear():
                pass
        finally:
            path.unlink(missing_ok=True)
