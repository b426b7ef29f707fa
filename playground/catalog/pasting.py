"""Reads pasted documentation from a POST: a text, a file, or a text of an earlier step.

The page on which a schema is chosen contains a long text compressed, at a tenth of its size.
"""

import base64
import binascii
import codecs
import zlib
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.schema_search import MOST_CHARACTERS
from playground.web import HtmxRequest

SHOWN = 100_000  # characters; a longer text is compressed, and not displayed again
REQUEST_BYTES = 24_000_000  # a text of 10 MB in its longest encoding, and its compressed form
_MOST_BYTES = 4 * MOST_CHARACTERS
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class PastedFileError(ValueError):
    """The file is unreadable; the message has the reason."""


def read_pasted(request: HtmxRequest) -> str:
    """Return the posted text; a file comes before typed text.

    Raises  PastedFileError
    """
    file = request.FILES.get("file")
    if file:
        return _read_file(file)
    text = _unpack(request.POST.get("packed", "")) or request.POST.get("text", "")
    return text.replace("\r\n", "\n")  # browsers send CRLF for typed line breaks


def pack_text(text: str) -> str:
    """Return a long text compressed for a hidden field; "" for a short one."""
    if len(text) <= SHOWN:
        return ""
    return base64.urlsafe_b64encode(zlib.compress(_encode(text), 6)).decode()


def _unpack(packed: str) -> str:
    """Decompress a text; return "" if it is invalid."""
    try:
        reader = zlib.decompressobj()
        data = reader.decompress(base64.urlsafe_b64decode(packed), _MOST_BYTES)
        return data.decode("utf-8", "surrogatepass") if reader.eof else ""
    except (binascii.Error, zlib.error, ValueError):
        return ""


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _read_file(file: Any) -> str:
    try:
        data: bytes = file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise PastedFileError(_("The file could not be received. Try again.")) from error
    if file.size > MOST_CHARACTERS:
        size = f"{file.size / 1e6:,.1f}"
        words = _("This file has %(size)s MB; the limit is 10 MB.")
        raise PastedFileError(words % {"size": size})
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise PastedFileError(_("This file is not UTF-8 text, so it was not read.")) from error
    if "\0" in text:
        raise PastedFileError(_("This file is not text, so it was not read."))
    return text
