"""Writes files that are whole, or not there."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield another name to write to; the file has its own name when it is on the disk.

    A crash leaves a whole file or none, and two processes may write the same one.
    """
    unfinished = path.with_name(f".{os.getpid()}.{threading.get_ident()}.{path.name}")
    yield unfinished
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    unfinished.rename(path)
