"""Reads the reference pictures of a request: hosted files or data URIs."""

import base64
import binascii
import hashlib
import io
import time
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from PIL import Image, ImageOps

TIMEOUT_SECONDS = 5
TOTAL_SECONDS = 15
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 64_000_000
CHUNK = 64 * 1024
KEPT_SIDE = 1024  # larger is not needed
FORMATS = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")


class UnreadableReference(Exception):  # noqa: N818 - named by what it says of the input
    """The reference is not a readable picture; the message may be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A reference picture, oriented upright, scaled to KEPT_SIDE; `digest` is of its file."""

    picture: Image.Image
    width: int
    height: int
    digest: str


def read_reference(address: str) -> Reference:
    """Fetch and decode one reference.

    address  http(s) URL or data URI
    Raises   UnreadableReference
    """
    try:
        content = read_data_uri(address) if is_data_uri(address) else fetch(address)
        return decode(content)
    except (OSError, ValueError, HTTPException, Image.DecompressionBombError, Warning) as error:
        shown = address if len(address) <= 80 else address[:77] + "..."  # noqa: PLR2004 - as long as a line
        raise UnreadableReference(f"The reference {shown} cannot be read: {error}") from error


def is_data_uri(address: str) -> bool:
    return address[:5].lower() == "data:"


def read_data_uri(address: str) -> bytes:
    """Decode a data URI. Source: RFC 2397."""
    header, comma, data = address[5:].partition(",")
    if not comma:
        raise ValueError("a data URI needs a comma")
    if not header.lower().endswith(";base64"):
        return unquote_to_bytes(data)
    try:
        return base64.b64decode(unquote_to_bytes(data), validate=True)
    except binascii.Error as error:
        raise ValueError("its base64 is broken") from error


def fetch(address: str) -> bytes:
    """Download a file. Loopback is allowed, because the playground serves uploads there."""
    if urlsplit(address).scheme.lower() not in ("http", "https"):
        raise ValueError("neither an http(s) URL nor a data URI")
    request = urllib.request.Request(address, headers={"User-Agent": "sandbox"})  # noqa: S310 - the scheme was checked above
    give_up_at = time.monotonic() + TOTAL_SECONDS
    with opener().open(request, timeout=TIMEOUT_SECONDS) as response:
        return read_limited(response, give_up_at)


def opener() -> urllib.request.OpenerDirector:
    """Return an opener for http and https only, so that no redirect leads to a local file."""
    made = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        made.add_handler(handler())
    return made


def read_limited(response: Any, give_up_at: float) -> bytes:
    content = bytearray()
    while chunk := response.read(CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES} bytes")
        if time.monotonic() > give_up_at:
            raise ValueError(f"it took longer than {TOTAL_SECONDS} seconds")
    return bytes(content)


def decode(content: bytes) -> Reference:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("it has too many pixels")
        opened.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
        upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((KEPT_SIDE, KEPT_SIDE))
    return Reference(
        picture=on_white(upright),
        width=upright.width,
        height=upright.height,
        digest=hashlib.sha256(content).hexdigest(),
    )


def on_white(picture: Image.Image) -> Image.Image:
    layers = picture.convert("RGBA")
    ground = Image.new("RGBA", layers.size, "white")
    return Image.alpha_composite(ground, layers).convert("RGB")
