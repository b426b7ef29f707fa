"""Decodes response bodies with a Content-Encoding.

We request no encoding. The header counts only if the body matches it: object stores may send "gzip"
or "aws-chunked" with unencoded bytes.

Source  RFC 9110 §8.4; RFC 1952; Amazon S3, "Signature calculations: transferring in chunks"
"""

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]

PIECE_BYTES = 64 * 1024
MOST_LAYERS = 3
GZIP = b"\x1f\x8b"
AWS_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})(?:;[ -~]{0,200})?\r\n")
LONGEST_CHUNK_HEAD = 300


class BrokenPackingError(ValueError):
    """An encoded body is corrupt or truncated."""


class Unpacker(Protocol):
    def feed(self, content: bytes) -> Iterator[bytes]:
        """Yield decoded pieces of at most PIECE_BYTES. Raises ValueError."""

    def close(self) -> None:
        """Raises BrokenPackingError if the body is incomplete."""


class Inflate:
    """Gzip, also with several members, and both kinds of deflate."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.inflater = zlib.decompressobj(bits)
        self.is_begun = False

    def feed(self, content: bytes) -> Iterator[bytes]:
        self.is_begun = True
        while content:
            if self.inflater.eof:
                if not content.startswith(GZIP):
                    return  # padding behind the end
                self.inflater = zlib.decompressobj(self.bits)
            try:
                piece = self.inflater.decompress(content, PIECE_BYTES)
            except zlib.error as error:
                raise BrokenPackingError(str(error)) from error
            content = self.inflater.unconsumed_tail or self.inflater.unused_data
            if piece:
                yield piece

    def close(self) -> None:
        if self.is_begun and not self.inflater.eof:
            raise BrokenPackingError("it ends too early")


class Brotli:
    def __init__(self) -> None:
        self.inflater = brotli.Decompressor()

    def feed(self, content: bytes) -> Iterator[bytes]:
        try:
            piece = self.inflater.process(content, output_buffer_limit=PIECE_BYTES)
            while piece or not self.inflater.can_accept_more_data():
                if piece:
                    yield piece
                if self.inflater.is_finished():
                    return
                piece = self.inflater.process(b"", output_buffer_limit=PIECE_BYTES)
        except brotli.error as error:
            raise BrokenPackingError(str(error)) from error

    def close(self) -> None:
        if not self.inflater.is_finished():
            raise BrokenPackingError("it ends too early")


class AwsChunks:
    """The chunk signatures of a streaming upload, if the store kept them with the content."""

    def __init__(self) -> None:
        self.buffer = b""
        self.left = 0  # bytes of the chunk, including its line end
        self.is_over = False

    def feed(self, content: bytes) -> Iterator[bytes]:
        self.buffer += content
        while self.buffer and not self.is_over:
            if self.left:
                piece = self.buffer[: self.left]
                self.buffer = self.buffer[len(piece) :]
                self.left -= len(piece)
                body = piece[: max(len(piece) - max(2 - self.left, 0), 0)]
                if body:
                    yield body
                continue
            head = AWS_CHUNK.match(self.buffer)
            if head is None:
                if len(self.buffer) > LONGEST_CHUNK_HEAD:
                    raise BrokenPackingError("no chunk begins here")
                return
            self.buffer = self.buffer[head.end() :]
            size = int(head[1], 16)
            self.is_over, self.left = size == 0, size + 2

    def close(self) -> None:
        if not self.is_over:
            raise BrokenPackingError("it ends too early")


def read_encodings(header: str) -> list[str]:
    """Return the encodings of a header, in order of decoding."""
    names = (name.strip() for name in header.lower().split(","))
    return [name.removeprefix("x-") for name in names if name not in {"", "identity"}][::-1]


def find_unpacker(name: str, start: bytes) -> Unpacker | None:
    """Return a decoder for a body by its first bytes; None if it is not encoded."""
    if name == "gzip" and start.startswith(GZIP):
        return Inflate(zlib.MAX_WBITS | 16)
    if name == "deflate" and is_packed(Inflate(zlib.MAX_WBITS), start):
        return Inflate(zlib.MAX_WBITS)
    if name == "deflate" and is_packed(Inflate(-zlib.MAX_WBITS), start):
        return Inflate(-zlib.MAX_WBITS)
    if name == "br" and is_packed(Brotli(), start):
        return Brotli()
    if name == "aws-chunked" and AWS_CHUNK.match(start):
        return AwsChunks()
    return None


def is_packed(unpacker: Unpacker, start: bytes) -> bool:
    try:
        return next(unpacker.feed(start), None) is not None
    except ValueError:
        return False


def unpack(pieces: Iterable[bytes], encodings: list[str]) -> Iterator[bytes]:
    """Yield the decoded body in small chunks.

    Raises  BrokenPackingError
    """
    for name in encodings[:MOST_LAYERS]:
        pieces = unpack_one(iter(pieces), name)
    yield from pieces


def unpack_one(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    start = next(pieces, b"")
    while len(start) < LONGEST_CHUNK_HEAD and (more := next(pieces, b"")):
        start += more
    unpacker = find_unpacker(name, start)
    if unpacker is None:
        yield start
        yield from pieces
        return
    yield from unpacker.feed(start)
    for piece in pieces:
        yield from unpacker.feed(piece)
    unpacker.close()
