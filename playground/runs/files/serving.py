"""Serves stored files, whole or in part, from a disk or a bucket.

With ACCEL_REDIRECT we only say who may have which file, and nginx sends it.
"""

import hashlib
import logging
import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from playground.media import storage
from playground.media.containers import ByteChange, find_changes
from playground.media.content import WEBP, MediaKind
from playground.media.patched import PatchedFile
from playground.runs.models import MediaFile
from playground.runs.models.media_file import MIDDLE_SIZES

logger = logging.getLogger(__name__)

# What a page shows is kept by the browser, and shown again only after asking us: the answer (304)
# is small, and access is checked each time. What is saved to a file is kept by no cache.
SHOWN = "private, no-cache"
SAVED = "private, no-store"
RETRY_SECONDS = 10
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")

# What is looked at alone in a tab can do nothing there. A browser's own player brings its styles
# along, which no policy forbids; but in a sandbox it may not even fetch what it plays.
ALONE = "default-src 'none'; sandbox"
PLAYER_ALONE = "default-src 'none'; media-src 'self'"


class OutOfRangeError(ValueError):
    """The part that is requested begins beyond the file's end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """The bytes of a file that are requested."""

    start: int
    length: int


def send_original(request: HttpRequest, file: MediaFile, name: str = "") -> HttpResponseBase:
    """Send a stored file, or the part of it that a player asks for.

    name    to save it under; "" shows it, if it is of a kind that browsers show: what they would
            run instead, as HTML or SVG, is only ever saved
    Raises  Http404
    """
    if not file.is_playable:
        name = name or f"file{file.suffix}"
    etag = f'"{file.sha256}"'
    try:
        response = send_wanted(request, file, etag, name)
    except OutOfRangeError:
        headers = {"Content-Range": f"bytes */{file.size_bytes}"}
        return HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    policy = PLAYER_ALONE if file.kind == MediaKind.VIDEO and file.is_playable else ALONE
    return set_headers(response, etag, policy, SAVED if name else SHOWN)


def send_wanted(request: HttpRequest, file: MediaFile, etag: str, name: str) -> HttpResponseBase:
    """Send what the headers of a request ask for: nothing (304), a byte range, or the file.

    Raises  Http404, OutOfRangeError
    """
    if (unchanged := get_conditional_response(request, etag=etag)) is not None:
        return unchanged
    if settings.ACCEL_REDIRECT:
        return send_by_proxy(file.original, file.content_type, name=name)
    return send_part(file, find_part(request, etag, file.size_bytes), name)


def send_part(file: MediaFile, part: ByteRange | None, name: str) -> HttpResponseBase:
    """Stream a part of a stored file, the whole of it for None."""
    response = stream_file(file.original, file.content_type, part, name=name)
    if part is not None and response.status_code == HTTPStatus.OK:
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        last = part.start + part.length - 1
        response["Content-Range"] = f"bytes {part.start}-{last}/{file.size_bytes}"
    response["Accept-Ranges"] = "bytes"
    return response


def send_download(
    request: HttpRequest, file: MediaFile, name: str, text: bytes
) -> HttpResponseBase:
    """Send a stored picture to be saved, with a text put into it on the way.

    What takes no text is sent as it is. nginx could not put it in, so that we send these files
    also where it sends the others; in parts they are not given.

    text    ASCII
    Raises  Http404
    """
    changes = plan_response(file, text)
    if not changes:
        return send_original(request, file, name)
    etag = f'"{file.sha256}-{hashlib.sha256(text).hexdigest()[:16]}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return set_headers(unchanged, etag, ALONE, SAVED)
    response = stream_file(file.original, file.content_type, name=name, changes=changes)
    if response.status_code == HTTPStatus.OK:
        total = file.size_bytes + sum(each.growth for each in changes)
        response["Content-Length"] = str(total)
    response["Accept-Ranges"] = "none"
    return set_headers(response, etag, ALONE, SAVED)


def plan_response(file: MediaFile, text: bytes) -> tuple[ByteChange, ...]:
    """Return the changes that put a text into a file; () where it takes none, or is not there."""
    if not file.carries_inputs:
        return ()

    def read(start: int, length: int) -> bytes:
        with storage.open_part(file.original, start, length) as opened:
            return opened.read(length) or b""

    try:
        return find_changes(read, file.size_bytes, text)
    except OSError:
        return ()  # sending it says what is wrong


def send_thumbnail(request: HttpRequest, file: MediaFile) -> HttpResponseBase:
    """Send the small picture of a stored file. Raises Http404."""
    return send_copy(request, file, file.thumbnail, "small")


def send_preview(request: HttpRequest, preview: bytes) -> HttpResponseBase:
    """Send the small picture of a file that is not stored yet."""
    etag = f'"{hashlib.sha256(preview).hexdigest()}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(preview, content_type=WEBP.content_type)
    return set_headers(response, etag, ALONE, SHOWN)


def send_middle_size(request: HttpRequest, file: MediaFile, size: str) -> HttpResponseBase:
    """Send a larger copy of a stored picture.

    size    a name of MIDDLE_SIZES
    Raises  Http404
    """
    if size not in MIDDLE_SIZES:
        raise Http404("There is no such size.")
    return send_copy(request, file, getattr(file, size), size)


def send_copy(
    request: HttpRequest, file: MediaFile, copy: FieldFile, size: str
) -> HttpResponseBase:
    if not copy:
        raise Http404("There is no picture of this in that size.")
    etag = f'"{file.sha256}-{size}"'
    unchanged = get_conditional_response(request, etag=etag)
    send = send_by_proxy if settings.ACCEL_REDIRECT else stream_file
    return set_headers(unchanged or send(copy, WEBP.content_type), etag, ALONE, SHOWN)


def send_by_proxy(file: FieldFile, content_type: str, *, name: str = "") -> HttpResponse:
    """Leave a file on our disk to nginx, which also sees to the parts that are requested.

    Raises  Http404
    """
    stored = file.name or ""
    if not file.storage.exists(stored):
        raise Http404("The file is not in the storage.")
    response = HttpResponse(content_type=content_type)
    shown = name or PurePosixPath(stored).name
    response["Content-Disposition"] = content_disposition_header(bool(name), shown) or ""
    response["X-Accel-Redirect"] = settings.ACCEL_REDIRECT + quote(stored)
    return response


def find_part(request: HttpRequest, etag: str, size: int) -> ByteRange | None:
    """Return the part that is requested, None for the whole.

    Several parts at once are not given: the whole is the answer to that, and to what cannot be
    read. So it is where the part was meant for another file, which If-Range tells.

    Raises  OutOfRangeError
    Source  RFC 9110 §13.1.5, §14.1.2, §14.2
    """
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or asked is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first and not last:
        return None
    if not first:
        length = min(int(last), size)
        start = size - length
    else:
        start = int(first)
        end = min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
        length = end - start + 1
    if length <= 0:
        raise OutOfRangeError
    return ByteRange(start=start, length=length)


def stream_file(
    file: FieldFile,
    content_type: str,
    part: ByteRange | None = None,
    *,
    name: str = "",
    changes: tuple[ByteChange, ...] = (),
) -> HttpResponseBase:
    """Open a file in its storage and answer with it piece by piece; 503 where that fails.

    changes  what is sent in place of some of its bytes
    Raises  Http404
    """
    try:
        opened = storage.open_part(file, *((part.start, part.length) if part else (0, None)))
    except FileNotFoundError as error:
        raise Http404("The file is not in the storage.") from error
    except OSError:
        logger.exception("A stored file cannot be read")
        words = _("This file is not available now: the file storage is not responding.")
        headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
        return HttpResponse(
            words, status=503, content_type="text/plain; charset=utf-8", headers=headers
        )
    sent = PatchedFile(opened, changes) if changes else opened
    response = FileResponse(
        sent, content_type=content_type, as_attachment=bool(name), filename=name
    )
    if part is not None:
        response["Content-Length"] = str(part.length)
    return response


def set_headers(
    response: HttpResponseBase, etag: str, policy: str, keeping: str
) -> HttpResponseBase:
    """Set the headers for caching, version and content security."""
    if response.status_code < HTTPStatus.BAD_REQUEST:
        response["Cache-Control"] = keeping
        response["ETag"] = etag
    response["Content-Security-Policy"] = policy
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Encoding"] = "identity"  # pictures are compressed; gzip would only cost time
    return response
