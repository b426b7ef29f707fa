"""The effect of each kind of fault on a response."""

import random
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.utils import formatdate
from functools import cache

from playground.sandbox.answers import Answer, answer_error, content_of, with_content
from playground.sandbox.calls import Call
from playground.sandbox.edits import EDITS, After
from playground.sandbox.faults import Fault, RetryAfter

HTML = b"<!doctype html><title>Bad gateway</title><h1>502 Bad gateway</h1><hr>nginx\n"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64">'
    b'<script>alert(document.domain)</script><rect width="64" height="64"/></svg>'
)
BOMB_SIDE = 20_000
JPEG_START = bytes.fromhex("ffd8ffe000104a46494600010100000100010000")
CHUNK = 256 * 1024
DRIPS = 20
LOOP = "/loop"

type Instead = Callable[[Fault, Call], Answer]


def plain(status: int, code: str, message: str) -> Instead:
    """Return a fault that is an API error."""

    def answer(_: Fault, __: Call) -> Answer:
        return answer_error(status, code, message)

    return answer


def later(status: int, code: str, message: str) -> Instead:
    """Return a fault that is an API error with an optional Retry-After."""

    def answer(fault: Fault, _: Call) -> Answer:
        if fault.retry_after is RetryAfter.NONE:
            return answer_error(status, code, message)
        value = f"{fault.seconds:.0f}"
        if fault.retry_after is RetryAfter.DATE:
            value = formatdate(time.time() + fault.seconds, usegmt=True)
        return answer_error(status, code, message, retry_after=value)

    return answer


def bad_gateway(_: Fault, __: Call) -> Answer:
    return Answer(status=502, body=HTML, headers=(("Content-Type", "text/html"),))


def gateway(fault: Fault, _: Call) -> Answer:
    """Respond with any status and an HTML page, like a gateway or a captive portal."""
    status = int(fault.status) if fault.status.isdecimal() else 403
    return Answer(status=status, body=HTML, headers=(("Content-Type", "text/html"),))


def key_echoed(_: Fault, call: Call) -> Answer:
    """Repeat the API key in an error, as some services do."""
    words = f"The header {call.authorization} is not accepted."
    return answer_error(401, "unauthorized", words)


def reset(_: Fault, __: Call) -> Answer:
    return Answer(hang_up=True)


def redirect_to(address: str) -> Answer:
    return Answer(status=302, headers=(("Location", address),))


def redirect(fault: Fault, _: Call) -> Answer:
    return redirect_to(fault.url)


def redirect_loop(_: Fault, call: Call) -> Answer:
    """Redirect to /loop, which the rig always redirects to itself."""
    return redirect_to(f"{call.base}{LOOP}")


INSTEAD: dict[str, Instead] = {
    "server_error": plain(500, "internal_error", "Something went wrong."),
    "bad_gateway": bad_gateway,
    "gateway": gateway,
    "unavailable": later(503, "unavailable", "Down for maintenance."),
    "throttled": later(429, "rate_limited", "Too many requests."),
    "unauthorized": plain(401, "unauthorized", "The API key is missing, unknown or disabled."),
    "key_echoed": key_echoed,
    "payment_required": plain(402, "insufficient_balance", "The balance is used up."),
    "forbidden": plain(403, "forbidden", "This key may not do that."),
    "not_found": plain(404, "task_not_found", "There is no such task."),
    "conflict": plain(409, "idempotency_conflict", "This Idempotency-Key came with other input."),
    "expired": plain(403, "link_expired", "The link has expired; ask for the task again."),
    "reset": reset,
    "redirect": redirect,
    "redirect_loop": redirect_loop,
}


def garbage(_: Fault, answer: Answer) -> Answer:
    return with_content(answer, random.Random(7).randbytes(600))  # noqa: S311 - noise, the same each time


def half(_: Fault, answer: Answer) -> Answer:
    content = content_of(answer)
    return with_content(answer, content[: len(content) // 2])


def html(_: Fault, answer: Answer) -> Answer:
    return with_content(answer, HTML, "text/html")


def empty(_: Fault, answer: Answer) -> Answer:
    return with_content(answer, b"")


def json_list(_: Fault, answer: Answer) -> Answer:
    return with_content(answer, b"[" + content_of(answer) + b"]")


def error_after(_: Fault, answer: Answer) -> Answer:
    content_of(answer)
    return answer_error(500, "internal_error", "Something went wrong.")


def conflict_after(_: Fault, __: Answer) -> Answer:
    """Respond 409 to a processed request, as after a proxy's duplicate."""
    return answer_error(409, "idempotency_conflict", "This Idempotency-Key is in use.")


def reset_after(_: Fault, answer: Answer) -> Answer:
    return replace(answer, hang_up=True)


def slow(fault: Fault, answer: Answer) -> Answer:
    time.sleep(fault.seconds)
    return answer


def packed(_: Fault, answer: Answer) -> Answer:
    """Send a small gzip body that decompresses to 64 MiB."""
    spoiled = with_content(answer, packed_zeros())
    return replace(spoiled, headers=(*spoiled.headers, ("Content-Encoding", "gzip")))


@cache
def packed_zeros() -> bytes:
    squeeze = zlib.compressobj(9, wbits=31)
    return b"".join(squeeze.compress(bytes(CHUNK)) for _ in range(256)) + squeeze.flush()


def svg(_: Fault, answer: Answer) -> Answer:
    return with_content(answer, SVG, "image/svg+xml")


def cut_off(_: Fault, answer: Answer) -> Answer:
    """Send half of the body with the Content-Length of the whole."""
    content = content_of(answer)
    shorter = with_content(answer, content[: len(content) // 2])
    length = ("Content-Length", str(len(content)))
    return replace(shorter, headers=(*shorter.headers, length))


def drip(fault: Fault, answer: Answer) -> Answer:
    """Send the body slowly, with chunks within any read timeout; `seconds` in total."""
    content = content_of(answer)
    step = len(content) // DRIPS + 1

    def drops() -> Iterator[bytes]:
        for start in range(0, len(content), step):
            time.sleep(fault.seconds / DRIPS)
            yield content[start : start + step]

    return replace(answer, body=drops())


def huge(fault: Fault, answer: Answer) -> Answer:
    """Send an almost endless JPEG, with a Content-Length only if requested."""
    spoiled = with_content(answer, b"", "image/jpeg")
    length = ("Content-Length", str(len(JPEG_START) + fault.megabytes * 4 * CHUNK))

    def stream() -> Iterator[bytes]:
        yield JPEG_START
        for _ in range(fault.megabytes * 4):
            yield bytes(CHUNK)

    length_header = (length,) if fault.sends_length else ()
    return replace(spoiled, body=stream(), headers=(*spoiled.headers, *length_header))


def bomb(_: Fault, answer: Answer) -> Answer:
    return with_content(answer, bomb_png(), "image/png")


@cache
def bomb_png() -> bytes:
    """Return a small PNG file of 400 million pixels."""
    squeeze = zlib.compressobj(9)
    row = bytes(1 + BOMB_SIDE // 8)
    pixels = b"".join(squeeze.compress(row * 100) for _ in range(BOMB_SIDE // 100))
    head = struct.pack(">IIBBBBB", BOMB_SIDE, BOMB_SIDE, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", pixels + squeeze.flush()), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(name, data) for name, data in chunks)


def png_chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


AFTER: dict[str, After] = {
    **EDITS,
    "garbage": garbage,
    "half_json": half,
    "html": html,
    "empty": empty,
    "json_list": json_list,
    "error_after": error_after,
    "conflict_after": conflict_after,
    "reset_after": reset_after,
    "slow": slow,
    "packed": packed,
    "svg": svg,
    "truncated": half,
    "cut_off": cut_off,
    "drip": drip,
    "huge": huge,
    "bomb": bomb,
}
