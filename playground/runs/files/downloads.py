"""Downloads results from providers, and resumes interrupted downloads.

What has arrived of a file stays in the temporary folder under the output's id, and beside it a note
of the version that it is of. The next try on this machine asks for the rest alone (Range,
If-Range); where the server has another version, or sends no parts, it starts over.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings

from playground.media.incoming import Incoming, incoming_folder, storage_faults_named
from playground.providers import fetch
from playground.providers.errors import FileUnavailable, LinkExpired, RestUnavailable
from playground.runs.models import Output

# A try ends after so long without a byte. In all it may take that long, and as much longer as its
# bytes need at the slowest rate: so a server that sends no parts can be slow, and none can drip.
SILENCE_SECONDS = 60.0
TRY_SECONDS = 10 * 60.0
SLOWEST_RATE = 20_000.0  # bytes per second

SYNC_BYTES = 8_000_000  # so much of a part may be lost with the machine's power
LEAST_PROGRESS = 64 * 1024  # bytes; after so many the next try follows soon
RESUME_SECONDS = 1.0
MOST_FRUITLESS = 5  # so many tries in a row that bring nothing more, and the part is given up
CONTENT_ETAG = 20  # characters, and an ETag is the content's hash: under any address the same


@dataclass(slots=True, kw_only=True)
class Version:
    """The version of a file that a partial download belongs to, stored beside it.

    url         where it came from
    etag        a strong one, or "": then it cannot be gone on with
    size_bytes  how many bytes of the part are certainly on the disk
    fruitless   how many tries in a row brought nothing more
    """

    url: str
    etag: str
    size_bytes: int = 0
    fruitless: int = 0

    def is_of(self, url: str) -> bool:
        """Whether a link leads to the same file; its query may only sign it again."""
        if self.url == url:
            return True
        try:
            mine, other = urlsplit(self.url)._replace(query=""), urlsplit(url)._replace(query="")
        except ValueError:  # brackets that hold no address
            return False
        return mine == other and len(self.etag) >= CONTENT_ETAG


@dataclass(slots=True, kw_only=True)
class PartialDownload:
    """The part of a file that has arrived, open for this worker alone.

    is_shared  whether the next try finds it; else another worker holds the one that it finds
    """

    file: IO[bytes]
    path: Path
    is_shared: bool
    version: Version = field(default_factory=lambda: Version(url="", etag=""))

    @property
    def note_path(self) -> Path:
        return self.path.with_suffix(".json")

    @property
    def size_bytes(self) -> int:
        return os.fstat(self.file.fileno()).st_size

    @property
    def is_resumable(self) -> bool:
        return self.is_shared and bool(self.version.etag and self.version.size_bytes)

    def find_rest(self, url: str) -> fetch.Rest | None:
        """Return the range still to request; None for the whole file, and the part is emptied."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            self.version = Version(**json.loads(self.note_path.read_text()))
            known = min(self.version.size_bytes, self.size_bytes)
            if self.is_resumable and known and self.version.is_of(url):
                self.file.truncate(known)
                return fetch.Rest(offset=known, validator=self.version.etag)
        self.start_over(url, "")
        return None

    def start_over(self, url: str, etag: str) -> None:
        """Empty the part before the first byte of another version arrives."""
        self.file.truncate(0)
        self.version = Version(url=url, etag=etag)
        if self.note_path.exists():
            self.sync()

    def sync(self) -> None:
        """Sync the received bytes to the disk, and then note that they are there."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.version.size_bytes = self.size_bytes
        if self.is_shared:
            with self.note_path.open("w") as note:
                json.dump(asdict(self.version), note)
                note.flush()
                os.fsync(note.fileno())

    def note_failure(self, error: FileUnavailable | LinkExpired, *, before: int) -> None:
        """Write down how far a try came; it is gone on with soon, later, or not at all."""
        self.sync()
        self.version.fruitless += 1
        if self.version.size_bytes > before:
            self.version.fruitless = 0
        if self.version.fruitless >= MOST_FRUITLESS or isinstance(error, RestUnavailable):
            self.version = Version(url="", etag="")
        self.sync()
        if self.is_resumable and self.version.size_bytes - before >= LEAST_PROGRESS:
            error.seconds = RESUME_SECONDS

    def sha256(self) -> str:
        digest = hashlib.sha256()
        self.file.seek(0)
        while piece := self.file.read(fetch.CHUNK_BYTES):
            digest.update(piece)
        return digest.hexdigest()

    def remove(self) -> None:
        """Leave nothing here. What was kept on a disk has been renamed, and is not here."""
        if self.is_shared:
            self.note_path.unlink(missing_ok=True)
        if is_at(self.path, self.file):
            self.path.unlink(missing_ok=True)


@contextlib.contextmanager
def download(
    output: Output, *, trusted_origin: str, note_progress: Callable[[], None] = lambda: None
) -> Iterator[Incoming]:
    """Fetch one file of a run into the temporary folder, or the rest of it.

    It may not be on the disk yet: `Incoming.sync` sees to that.

    Raises  FileUnavailable (try later; soon where it carries .seconds, since some of it came),
            LinkExpired, FileRefused, StorageFailedError, also from the body
    """
    with storage_faults_named(), open_part(output) as part:
        is_unfinished = False
        try:
            try:
                receive(output.source_url, trusted_origin, part, note_progress)
            except (FileUnavailable, LinkExpired):
                is_unfinished = part.is_resumable
                raise
            yield Incoming(part.file, sha256=part.sha256(), size_bytes=part.size_bytes)
        finally:
            if not is_unfinished:
                part.remove()


@contextlib.contextmanager
def open_part(output: Output) -> Iterator[PartialDownload]:
    """Open the partial download of a file, or a new one if another worker holds it.

    That other worker may hang, and its lease have run out: the file must come all the same.
    """
    folder = incoming_folder()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{output.pk}.part"
    with contextlib.ExitStack() as opened:
        file: IO[bytes] = opened.enter_context(path.open("a+b"))
        if is_locked := lock_file(file) and is_at(path, file):
            os.utime(path)  # what no one goes on with for an hour is swept
        else:
            own = tempfile.NamedTemporaryFile(dir=folder, delete=False)  # noqa: SIM115 - see above
            file = opened.enter_context(own.file)
            path = Path(own.name)
        yield PartialDownload(file=file, path=path, is_shared=is_locked)


def lock_file(file: IO[bytes]) -> bool:
    """Lock a file against other threads and processes until it is closed; False where one has it.

    Also where its file system knows no locks.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_at(path: Path, file: IO[bytes]) -> bool:
    """Whether an open file is still under its name, and was neither renamed nor removed."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def receive(
    url: str, trusted_origin: str, part: PartialDownload, note_progress: Callable[[], None]
) -> None:
    """Append received bytes to the part. Raises FileError."""
    rest = part.find_rest(url)
    try:
        with fetch.open_file(
            url,
            trusted_origin=trusted_origin,
            limit_bytes=settings.OUTPUT_LIMIT_BYTES,
            limit_seconds=TRY_SECONDS,
            silence_seconds=SILENCE_SECONDS,
            slowest_rate=SLOWEST_RATE,
            rest=rest,
        ) as answer:
            if answer.offset == 0:
                part.start_over(url, answer.validator)
            arrived = answer.offset
            for chunk in answer.chunks():
                part.file.write(chunk)
                arrived += len(chunk)
                note_progress()
                if arrived - part.version.size_bytes >= SYNC_BYTES:
                    part.sync()
    except (FileUnavailable, LinkExpired) as error:
        part.note_failure(error, before=rest.offset if rest else 0)
        raise
    part.file.flush()
