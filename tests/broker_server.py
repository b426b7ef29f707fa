"""Base class of the message brokers for tests: a separate process that ends with the tests."""

import subprocess
import tempfile
from abc import ABC, abstractmethod
from contextlib import ExitStack
from types import TracebackType
from typing import ClassVar, Self

from tests.launched import free_port


class BrokerServer(ABC):
    """Start a broker on a free port with a temporary folder; stop it and delete it at the end.

    A shell is its parent: it kills the server when our end of its standard input is closed.
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
        """Return the address for BROKER_URL."""

    @abstractmethod
    def start(self) -> None:
        """Start it, also again after `kill`; return when it answers."""

    def kill(self) -> None:
        """Kill it, so that what it has in memory is lost."""
        if self.guard and self.guard.stdin:
            self.guard.stdin.close()
            self.guard.wait(self.stop_seconds)
        self.guard = None

    def stop(self) -> None:
        self.kill()
        self.folder.cleanup()
