"""The model and inputs of a run, embedded in downloaded pictures.

No key and no one's name are in it, no secret input, and of uploaded files only what they are
called. What comes back was in the hands of strangers, and is read as such.
"""

import base64
import binascii
import json
import re
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.media import containers
from playground.media.chunks import Read
from playground.runs.files.references import REFERENCE
from playground.runs.models import Run
from playground.schema import JSONError, pointers, read_json

VERSION = 1
PACKED = b"zlib:"
MOST_UNPACKED = 2_000_000
SLUG = re.compile(r"[-a-zA-Z0-9_]{1,120}\Z")
MOST_FILES = 100
FILE_NAME_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedInputs:
    """The inputs embedded in a picture.

    run     its number, which another installation may not know
    inputs  without the files among them
    files   the names of those
    is_cut  whether the inputs were too long to be in it
    """

    model: str
    run: uuid.UUID | None
    inputs: Any
    files: tuple[str, ...]
    is_cut: bool = False


def make_embedded_inputs(run: Run) -> EmbeddedInputs:
    names = {upload.reference: upload.name for upload in run.uploads.all()}
    secrets = run.form.secrets(run.inputs)
    return EmbeddedInputs(
        model=run.spec.slug,
        run=run.pk,
        inputs=remove_files_and_secrets(run.inputs, secrets),
        files=tuple(find_files(run.inputs, names)),
    )


def write_embedded_inputs(run: Run) -> bytes:
    """Return the text that a picture of this run carries, in ASCII.

    A long one is packed. Where it is too long even so, the run's number is alone: where the run
    is known, all of it comes back by that.
    """
    embedded = make_embedded_inputs(run)
    document = {
        "playground": VERSION,
        "model": embedded.model,
        "run": str(embedded.run),
        "inputs": embedded.inputs,
        "files": embedded.files,
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    if len(text) > containers.MOST_BYTES:
        text = pack(document)
    if len(text) > containers.MOST_BYTES:
        short = document | {"inputs": {}, "files": [], "is_cut": True}
        text = json.dumps(short, separators=(",", ":")).encode()
    return text


def pack(document: dict[str, Any]) -> bytes:
    plain = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return PACKED + base64.b64encode(zlib.compress(plain.encode(errors="replace"), 9))


def unpack(text: bytes) -> bytes:
    """Return a text as it was before it was packed. Raises ValueError."""
    if not text.startswith(PACKED):
        return text
    try:
        packed = base64.b64decode(text.removeprefix(PACKED), validate=True)
        return zlib.decompressobj().decompress(packed, MOST_UNPACKED)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("no packed text") from error


def read_embedded_inputs(read: Read) -> EmbeddedInputs | None:
    """Return the embedded inputs of a file; None if it has none that can be read."""
    text = containers.find_text(read)
    if len(text) > containers.MOST_BYTES:
        return None
    try:
        document = read_json(unpack(text).decode())
    except (ValueError, JSONError):
        return None
    if not isinstance(document, dict) or document.get("playground") != VERSION:
        return None
    model, files = document.get("model"), document.get("files")
    if not isinstance(model, str) or not SLUG.match(model) or "inputs" not in document:
        return None
    return EmbeddedInputs(
        model=model,
        run=read_id(document.get("run")),
        is_cut=document.get("is_cut") is True,
        inputs=document["inputs"],
        files=tuple(
            name[:FILE_NAME_CHARACTERS]
            for name in (files if isinstance(files, list) else [])[:MOST_FILES]
            if isinstance(name, str)
        ),
    )


def read_id(text: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def is_file(value: Any) -> bool:
    return isinstance(value, str) and bool(REFERENCE.match(value) or value.startswith("data:"))


def remove_files_and_secrets(value: Any, secrets: frozenset[str], pointer: str = "") -> Any:
    """Return inputs without their files and secrets."""
    if isinstance(value, dict):
        places = {key: pointers.child(pointer, key) for key in value}
        return {
            key: remove_files_and_secrets(part, secrets, places[key])
            for key, part in value.items()
            if not is_file(part) and places[key] not in secrets
        }
    if isinstance(value, list):
        return [
            remove_files_and_secrets(part, secrets, place)
            for number, part in enumerate(value)
            for place in [pointers.child(pointer, number)]
            if not is_file(part) and place not in secrets
        ]
    return None if is_file(value) or pointer in secrets else value


def find_files(value: Any, names: dict[str, str]) -> Iterator[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from find_files(part, names)
    elif is_file(value):
        yield names.get(value, "file")
