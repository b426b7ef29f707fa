"""Reads the zip of an export as untrusted input.

No name in it becomes a path (zip slip), and unpacked sizes are limited (zip bomb).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from playground.archive.export import FORMAT, VERSION
from playground.archive.import_rows import ImportRow
from playground.archive.zip_stream import PIECE_BYTES
from playground.schema import JSONError, read_json

LONGEST_LINE = 16_000_000
MOST_LINES = 5_000_000
STORED = re.compile(r"files/([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?\Z")
# Exceptions that the library raises for damaged or malicious zips.
FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError,
          ValueError)  # fmt: skip


class PackageError(Exception):
    """The zip is not a readable export; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageLine:
    """A line of a file: either its document or its error.

    where  as "runs.jsonl, line 3"
    """

    where: str
    row: ImportRow | None = None
    fault: str = ""


class Package:
    """An open export."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self.packed = packed
        names = (STORED.match(name) for name in packed.namelist())
        self.files = {match[1]: match[0] for match in names if match}
        self.facts = self.read_facts()

    def read_facts(self) -> ImportRow:
        """Raises PackageError."""
        found = next(self.lines("workspace.json", most=1), None)
        if found is None or found.row is None or found.row.value.get("format") != FORMAT:
            raise PackageError("This is no export of a workspace: workspace.json does not say so.")
        version = found.row.value.get("version")
        if version != VERSION:
            raise PackageError(
                f"This export is of version {str(version)[:20]}; version {VERSION} can be read."
            )
        return found.row

    def lines(self, name: str, most: int = MOST_LINES) -> Iterator[PackageLine]:
        """Yield the documents of a file; continues after an invalid one."""
        if name not in self.packed.NameToInfo:
            return
        number = 0
        try:
            with self.packed.open(name) as file:
                while (line := file.readline(LONGEST_LINE)) and number < most:
                    number += 1
                    yield read_line(line, f"{name}, line {number}")
                    if len(line) >= LONGEST_LINE and not line.endswith(b"\n"):
                        return  # the rest of the line follows
        except FAULTS as error:
            yield PackageLine(
                where=f"{name}, after line {number}", fault=f"it is damaged ({error})"
            )

    def content(self, sha256: str, most: int) -> Iterator[bytes]:
        """Yield the content of a stored file in chunks. Raises PackageError."""
        try:
            with self.packed.open(self.files[sha256]) as file:
                yield from limit_bytes(file, most)
        except FAULTS as error:
            raise PackageError(f"it is damaged ({error})") from error


def limit_bytes(file: IO[bytes], most: int) -> Iterator[bytes]:
    size = 0
    while piece := file.read(PIECE_BYTES):
        size += len(piece)
        if size > most:
            raise PackageError(f"it has more than {most / 1e6:.0f} MB")
        yield piece


def read_line(line: bytes, where: str) -> PackageLine:
    if len(line) >= LONGEST_LINE:  # slightly more may be returned than requested
        return PackageLine(where=where, fault=f"it has more than {LONGEST_LINE / 1e6:.0f} MB")
    try:
        value: Any = read_json(line.decode())
    except (UnicodeDecodeError, JSONError) as error:
        return PackageLine(where=where, fault=f"it cannot be read: {error}")
    if not isinstance(value, dict):
        return PackageLine(where=where, fault="it is no object")
    return PackageLine(where=where, row=ImportRow(value))


def open_package(path: Path) -> Package:
    """Raises PackageError."""
    try:
        return Package(zipfile.ZipFile(path))
    except FAULTS as error:
        raise PackageError(f"{path.name} cannot be read as a zip: {error}") from error
