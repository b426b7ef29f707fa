"""JSON Pointers (RFC 6901), and names and ids of HTML controls made from them."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Browsers rewrite these characters in names of multipart fields, so names never contain them.
_TO_NAME = str.maketrans({'"': "%22", "%": "%25", "\r": "%0D", "\n": "%0A", "\0": "%00"})
_FROM_NAME = {"%22": '"', "%25": "%", "%0D": "\r", "%0A": "\n", "%00": "\0"}
_ENCODED = re.compile("|".join(_FROM_NAME))
# A hyphen is kept unless a suffix follows that ids of helps, errors and options end with.
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9-]|-(?=(?:help|error|was|url|on|key|list|pop|pick\d*|\d+)\Z)")
ANY_ROW = "-"  # array index after the last element (RFC 6901, section 4)
_HALVES = re.compile(r"[\ud800-\udfff]")


def child(pointer: str, key: str | int) -> str:
    """Return the pointer of a member."""
    text = str(key)
    if "~" in text or "/" in text:
        text = text.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{text}"


def join(keys: Iterable[str | int], pointer: str = "") -> str:
    """Append keys to a pointer, by default the root."""
    for key in keys:
        pointer = child(pointer, key)
    return pointer


def split(pointer: str) -> list[str]:
    """Return the unescaped keys of a pointer."""
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def last(pointer: str) -> str:
    """Return the unescaped last key of a pointer."""
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def parent(pointer: str) -> str:
    """Return the pointer of the container; "" for the root."""
    return pointer.rpartition("/")[0]


def ancestors(pointer: str) -> Iterator[str]:
    """Yield the pointer itself, then its containers up to the root."""
    yield pointer
    while pointer:
        pointer = parent(pointer)
        yield pointer


def encode(pointer: str) -> str:
    """Encode a pointer for a control's name."""
    return _HALVES.sub("\ufffd", pointer.translate(_TO_NAME))


def decode(text: str) -> str:
    """Decode the pointer in a control's name."""
    return _ENCODED.sub(lambda found: _FROM_NAME[found.group()], text)


def control_name(pointer: str) -> str:
    """Return the name of a value's control; never "", because browsers do not send those."""
    return encode(pointer) or "#"


def meta_name(kind: str, pointer: str) -> str:
    """Return the name of a control with metadata of a value; "~" starts no pointer."""
    return f"~{kind}{encode(pointer)}"


@lru_cache(maxsize=8192)
def control_id(pointer: str) -> str:
    """Return the id of a control, unique for each pointer."""
    return "f" + _NOT_IN_IDS.sub(lambda found: f"_{ord(found.group()):x}_", pointer)
