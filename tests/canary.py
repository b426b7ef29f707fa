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


def forms() -> Iterator[bytes]:
    """Yield the words in plain text, in hex, and in base64 at each of its three offsets."""
    plain = WORDS.encode()
    yield plain
    yield plain.hex().encode()
    for offset in range(3):
        encoded = base64.b64encode(b"-" * offset + plain)
        yield encoded[4 if offset else 0 : len(encoded) // 4 * 4 - 4]


FORMS = tuple(forms())


@dataclass
class Net:
    """Collected content, and where each piece of it comes from."""

    caught: list[tuple[str, bytes]] = field(default_factory=list)

    def take(self, place: str, content: str | bytes) -> None:
        self.caught.append((place, content.encode() if isinstance(content, str) else content))

    def take_response(self, place: str, response: HttpResponseBase) -> HttpResponseBase:
        body = response.getvalue()
        self.take(place, body)
        self.take(f"headers of {place}", f"{response.headers} {response.cookies.output()}")
        return response

    def take_logs(self, caplog: pytest.LogCaptureFixture) -> None:
        self.take("log", caplog.text)
        for record in caplog.records:
            self.take("log record", f"{record.getMessage()} {record.args!r} {record.exc_text}")

    def take_database(self) -> None:
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                self.take(f"table {table}", repr(cursor.fetchall()))
        for session in Session.objects.all():
            self.take("session", repr(session.get_decoded()))

    def take_files(self, folder: Path) -> None:
        for path in folder.rglob("*"):
            self.take("file name", str(path))
            if path.is_file():
                self.take(f"file {path}", path.read_bytes())

    def places(self) -> set[str]:
        """Return where the API key was found."""
        return {place for place, content in self.caught if any(form in content for form in FORMS)}


class CanarySandbox(SandboxProcess):
    api_key = CANARY
