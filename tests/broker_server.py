"""A message broker for tests, in a process of its own that ends with the tests' process."""

import subprocess
import tempfile
from abc import ABC, abstractmethod
from contextlib import ExitStack
from types import TracebackType
from typing import ClassVar, Self

from tests.launched import free_port


class BrokerServer(ABC):
    """Start one on a free port with a folder of its own; at the end nothing is left.

    A shell guards it: it ends the server once our end of its standard input is closed.
    """

    name: ClassVar[str]
    stop_seconds: ClassVar[float]

    def __init__(self) -> None:
        self.port = free_port()
        self.folder = tempfile.TemporaryDirectory(prefix=f"{self.name}-")
        self.guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(self.stop)
            self.start()
            stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    @abstractmethod
    def url(self) -> str:
        """Its address, as BROKER_URL takes it."""

    @abstractmethod
    def start(self) -> None:
        """Start it, or start it again after `kill`; returns when it answers."""

    def kill(self) -> None:
        """End it with all that it has in memory."""
        if self.guard and self.guard.stdin:
            self.guard.stdin.close()
            self.guard.wait(self.stop_seconds)
        self.guard = None

    def stop(self) -> None:
        self.kill()
        self.folder.cleanup()
