"""Writes files atomically."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; rename it once it is synced to disk.

    A crash leaves a complete file or none, and two processes may write the same one.
    """
    unfinished = path.with_name(f".{os.getpid()}.{threading.get_ident()}.{path.name}")
    yield unfinished
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.rename(path)
