"""JSON Pointers (RFC 6901), and the names of HTML controls made from them."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

# Browsers rewrite these in the names of multipart fields, so they never get there.
_TO_NAME = str.maketrans({'"': "%22", "%": "%25", "\r": "%0D", "\n": "%0A", "\0": "%00"})
_FROM_NAME = {"%22": '"', "%25": "%", "%0D": "\r", "%0A": "\n", "%00": "\0"}
_ENCODED = re.compile("|".join(_FROM_NAME))
# A hyphen stays, unless what follows is how ids of helps, errors and options are made.
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9-]|-(?=(?:help|error|was|url|on|key|list|pop|pick\d*|\d+)\Z)")
ANY_ROW = "-"  # in place of a number: the row after the last one of a list
_HALVES = re.compile(r"[\ud800-\udfff]")


def child(pointer: str, key: str | int) -> str:
    """Return the pointer of one member."""
    text = str(key)
    if "~" in text or "/" in text:
        text = text.replace("~", "~0").replace("/", "~1")
    return f"{pointer}/{text}"


def join(keys: Iterable[str | int], pointer: str = "") -> str:
    """Return the pointer that these keys lead to, from the root or from another pointer."""
    for key in keys:
        pointer = child(pointer, key)
    return pointer


def split(pointer: str) -> list[str]:
    """Return the keys on the way to a pointer."""
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]


def last(pointer: str) -> str:
    """Return the last key of a pointer."""
    return pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def parent(pointer: str) -> str:
    """Return the pointer of the container; the root is its own."""
    return pointer.rpartition("/")[0]


def ancestors(pointer: str) -> Iterator[str]:
    """Yield the pointer itself, then its containers up to the root."""
    yield pointer
    while pointer:
        pointer = parent(pointer)
        yield pointer


def encode(pointer: str) -> str:
    """Return a pointer as it is written in a control's name."""
    return _HALVES.sub("\ufffd", pointer.translate(_TO_NAME))


def decode(text: str) -> str:
    """Return the pointer that a control's name holds."""
    return _ENCODED.sub(lambda found: _FROM_NAME[found.group()], text)


def control_name(pointer: str) -> str:
    """Return the name of the control that holds a value; browsers send no empty names."""
    return encode(pointer) or "#"


def meta_name(kind: str, pointer: str) -> str:
    """Return the name of a control that holds something about a value; no pointer starts so."""
    return f"~{kind}{encode(pointer)}"


@lru_cache(maxsize=8192)
def control_id(pointer: str) -> str:
    """Return the control's id: different pointers never share one."""
    return "f" + _NOT_IN_IDS.sub(lambda found: f"_{ord(found.group()):x}_", pointer)
