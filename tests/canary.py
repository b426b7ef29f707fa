"""An API key that can be recognised, and a collection of output that is searched for it.

The searched words are inside the key, surrounded by characters that need quoting or escaping; the
words themselves need neither.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponseBase

from tests.sandbox_process import SandboxProcess

WORDS = "canary5ecretSong"
CANARY = f"mv_'\"<&+/{WORDS}/%~wxyz"


def encodings() -> Iterator[bytes]:
    """Yield the words in plain text, in hex, and in base64 at each of its three offsets."""
    plain = WORDS.encode()
    yield plain
    yield plain.hex().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"-" * offset + plain)
        yield encoded[4 if offset else 0 : len(encoded) // 4 * 4 - 4]


ENCODINGS = tuple(encodings())


@dataclass
class Collector:
    """Collected content, and where each piece of it comes from."""

    collected: list[tuple[str, bytes]] = field(default_factory=list)

    def add(self, source: str, content: str | bytes) -> None:
        self.collected.append((source, content.encode() if isinstance(content, str) else content))

    def add_response(self, source: str, response: HttpResponseBase) -> HttpResponseBase:
        body = response.getvalue()
        self.add(source, body)
        self.add(f"headers of {source}", f"{response.headers} {response.cookies.output()}")
        return response

    def add_logs(self, caplog: pytest.LogCaptureFixture) -> None:
        self.add("log", caplog.text)
        for record in caplog.records:
            self.add("log record", f"{record.getMessage()} {record.args!r} {record.exc_text}")

    def add_database(self) -> None:
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                self.add(f"table {table}", repr(cursor.fetchall()))
        for session in Session.objects.all():
            self.add("session", repr(session.get_decoded()))

    def add_files(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            self.add("file name", str(path))
            if path.is_file():
                self.add(f"file {path}", path.read_bytes())

    def places_of_key(self) -> set[str]:
        """Return where the API key was found."""
        return {
            source
            for source, content in self.collected
            if any(encoding in content for encoding in ENCODINGS)
        }


class CanarySandbox(SandboxProcess):
    api_key = CANARY
