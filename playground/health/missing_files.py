"""Finds rows whose files are missing in the storage: `manage.py doctor --files`.

Rows are read a thousand at a time by their ids: memory stays the same for any number of them, and
no transaction stays open meanwhile. A bucket is asked about each file, by several threads.
"""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.core.files.storage import default_storage

from playground.runs.models import MediaFile, Output, Upload
from playground.runs.models.media_file import FILE_FIELDS

ROWS = 1_000
THREADS = 8
MOST_RUNS = 3  # that are listed for each file


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFile:
    """A file that is not in the storage.

    name     in the storage
    what     its column, one of FILE_FIELDS
    runs     some of its runs
    uploads  number of its uploads
    """

    name: str
    what: str
    runs: tuple[str, ...]
    uploads: int


@dataclass(slots=True)
class Inventory:
    """Iterates over the files of all rows.

    checked  number of files checked so far
    """

    checked: int = field(default=0, init=False)

    def find_missing(self) -> Iterator[MissingFile]:
        """Yield missing files as they are found. Raises OSError if the storage fails."""
        last = uuid.UUID(int=0)
        with ThreadPoolExecutor(THREADS) as threads:
            while rows := read_rows(last):
                last = rows[-1][0]
                named = [
                    (pk, what, name)
                    for pk, *names in rows
                    for what, name in zip(FILE_FIELDS, names, strict=True)
                    if name
                ]
                found = threads.map(default_storage.exists, [name for _, _, name in named])
                for (pk, what, name), is_there in zip(named, found, strict=True):
                    self.checked += 1
                    if not is_there and MediaFile.objects.filter(pk=pk).exists():
                        yield describe(pk, what, name)  # the row still exists


def read_rows(after: uuid.UUID) -> list[tuple[uuid.UUID, *tuple[str, ...]]]:
    rows = MediaFile.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", *FILE_FIELDS)[:ROWS])


def describe(pk: uuid.UUID, what: str, name: str) -> MissingFile:
    runs = Output.objects.filter(file=pk).values_list("run_id", flat=True)[:MOST_RUNS]
    uploads = Upload.objects.filter(file=pk).count()
    return MissingFile(name=name, what=what, runs=tuple(map(str, runs)), uploads=uploads)
