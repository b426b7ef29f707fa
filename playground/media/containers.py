"""Embeds a short text in the metadata of a picture file and finds it again; pixels do not change.

PNG: a separate text chunk. JPEG and WebP: the XMP packet, in addition to its content. Source: PNG
(3rd edition) §11.3.3.4; XMP part 3
(2020) §1.1.3; RFC 9649 §2
"""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import takewhile
from xml.sax.saxutils import escape

from playground.media.chunks import (
    Chunk,
    Read,
    reader_of_bytes,
    walk_jpeg,
    walk_png,
    walk_webp,
)
from playground.media.content import JPEG, PNG, WEBP, find_format

# Maximum for one JPEG segment, with its overhead.
MOST_BYTES = 60_000
MOST_SEGMENT = 65_533

JPEG_HEAD_BYTES = 256 * 1024  # that must contain the segments before the image data
MOST_CHUNKS = 8  # of a WebP: a still one has six kinds; each costs a read from the storage
MOST_FRESH_CHUNKS = 200  # of a file on the local disk

PNG_START = 33  # after signature and IHDR
PNG_NAME = b"playground"

XMP_NAME = b"http://ns.adobe.com/xap/1.0/\0"
XMP_END = b"</rdf:RDF>"
XMP_HEAD = (
    b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
)
XMP_TAIL = XMP_END + b'</x:xmpmeta><?xpacket end="r"?>'
DESCRIPTION = (
    b'<rdf:Description rdf:about="" xmlns:playground="urn:playground:inputs">'
    b"<playground:inputs>%s</playground:inputs></rdf:Description>"
)
OURS = re.compile(rb"<playground:inputs>([^<]*)</playground:inputs>")


@dataclass(frozen=True, slots=True)
class ByteChange:
    """Replaces the bytes from `start` to `end` of a file."""

    start: int
    end: int
    content: bytes

    @property
    def growth(self) -> int:
        return len(self.content) - (self.end - self.start)


# Marks of a digital signature: Content Credentials (C2PA), PNG's own signature chunk.
SIGNED_CHUNKS = {b"caBX", b"dSIG"}
SIGNED_REMOTELY = b"dcterms:provenance"  # in XMP: the signature is stored elsewhere
BOXES = b"jumb"


def is_signed(read: Read) -> bool:
    """Whether a picture has a digital signature, which any change would invalidate.

    Source  C2PA Technical Specification 2.2, §A.3; PNG extensions 1.5.0, §3.1
    """
    head = read(0, JPEG_HEAD_BYTES)
    format_, read_head = find_format(head), reader_of_bytes(head)
    if format_ == PNG:
        signed = any(each.name in SIGNED_CHUNKS for each in walk_png(read_head))
        return signed or SIGNED_REMOTELY in head
    if format_ == JPEG:
        boxes = (each for each in walk_jpeg(read_head) if each.name == b"\xeb")
        signed = any(BOXES in head[each.content_start :][:64] for each in boxes)
        return signed or SIGNED_REMOTELY in head
    if format_ == WEBP:
        chunks = list(walk_webp(read, MOST_FRESH_CHUNKS))
        packets = (read(each.content_start, 65_536) for each in chunks if each.name == b"XMP ")
        return any(each.name == b"C2PA" for each in chunks) or any(
            SIGNED_REMOTELY in packet for packet in packets
        )
    return False


def find_changes(read: Read, size: int, text: bytes) -> tuple[ByteChange, ...]:
    """Return the changes that embed a text in a file, in order; () if it does not fit.

    text  ASCII
    """
    if len(text) > MOST_BYTES or is_signed(read):
        return ()
    format_ = find_format(read(0, 16))
    if format_ == PNG:
        return (ByteChange(PNG_START, PNG_START, write_png_text(text)),)
    if format_ == JPEG:
        return change_jpeg(read(0, JPEG_HEAD_BYTES), text)
    return change_webp(read, size, text) if format_ == WEBP else ()


def find_text(read: Read) -> bytes:
    """Return the embedded text, b"" if there is none of ours."""
    format_ = find_format(read(0, 16))
    if format_ == PNG:
        return find_png_text(read)
    if format_ == JPEG:
        head = read(0, JPEG_HEAD_BYTES)
        packets = (head[each.content_start : each.end] for each in walk_segments(head))
        return next((text for packet in packets if (text := find_in_xmp(packet))), b"")
    if format_ == WEBP:
        chunks = walk_webp(read, MOST_FRESH_CHUNKS)
        packet = next((each for each in chunks if each.name == b"XMP "), None)
        if packet and packet.length <= JPEG_HEAD_BYTES:
            return find_in_xmp(read(packet.content_start, packet.length))
    return b""


# PNG


def write_png_text(text: bytes) -> bytes:
    content = PNG_NAME + b"\0\0\0\0\0" + text  # not compressed, of no language
    check = zlib.crc32(b"iTXt" + content)
    return struct.pack(">I", len(content)) + b"iTXt" + content + struct.pack(">I", check)


def find_png_text(read: Read) -> bytes:
    for chunk in walk_png(read, MOST_FRESH_CHUNKS):
        if chunk.name == b"iTXt" and chunk.length <= MOST_SEGMENT:
            keyword, _, rest = read(chunk.content_start, chunk.length).partition(b"\0")
            if keyword == PNG_NAME:
                return rest[4:]
    return b""


# XMP


def put_in_xmp(packet: bytes, text: bytes) -> bytes:
    """Return an XMP packet with our text added; b"" if it has no room."""
    ours = DESCRIPTION % escape(text.decode("ascii")).encode()
    if not packet:
        return XMP_HEAD + ours + XMP_TAIL
    if packet.count(XMP_END) != 1 or OURS.search(packet):
        return b""
    return packet.replace(XMP_END, ours + XMP_END)


def find_in_xmp(packet: bytes) -> bytes:
    found = OURS.search(packet)
    return unescape(found[1].decode("utf-8", "replace")).encode() if found else b""


# JPEG


def walk_segments(head: bytes) -> Iterator[Chunk]:
    """Yield the complete segments of a JPEG within the first bytes of a file."""
    return takewhile(lambda each: each.end <= len(head), walk_jpeg(reader_of_bytes(head)))


def change_jpeg(head: bytes, text: bytes) -> tuple[ByteChange, ...]:
    """Insert the XMP packet after the JFIF and EXIF headers, or replace the existing one."""
    start, end, packet = 2, 2, b""
    for segment in walk_segments(head):
        content, after = head[segment.content_start : segment.end], segment.end
        if segment.name == b"\xe1" and content.startswith(XMP_NAME):
            start, end, packet = segment.start, after, content.removeprefix(XMP_NAME)
            break
        if segment.start == end and content.startswith((b"JFIF\0", b"JFXX\0", b"Exif\0")):
            start = end = after
    content = XMP_NAME + put_in_xmp(packet, text)
    if content == XMP_NAME or len(content) > MOST_SEGMENT:
        return ()
    return (ByteChange(start, end, b"\xff\xe1" + (len(content) + 2).to_bytes(2) + content),)


# WebP


def change_webp(read: Read, size: int, text: bytes) -> tuple[ByteChange, ...]:
    """Append the XMP packet, or replace the existing one, and set its flag in the header."""
    chunks = list(walk_webp(read, MOST_CHUNKS))
    if not chunks or size % 2 or chunks[-1].end != size:
        return ()  # animated or truncated
    start = end = size
    packet = b""
    for chunk in chunks:
        if chunk.name == b"XMP ":
            start, end = chunk.start, chunk.end
            packet = read(chunk.content_start, min(chunk.length, JPEG_HEAD_BYTES))
    content = put_in_xmp(packet, text)
    announced = announce_xmp(read, chunks[0])
    if not content or announced is None:
        return ()
    written = b"XMP " + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    changes = announced, ByteChange(start, end, written)
    total = size - 8 + sum(each.growth for each in changes)
    return (ByteChange(4, 8, struct.pack("<I", total)), *changes)


HAS_XMP, HAS_ALPHA = 0x04, 0x10


def announce_xmp(read: Read, first: Chunk) -> ByteChange | None:
    """Return the change that sets the XMP flag in the header."""
    head = read(first.content_start, 10)
    if first.name == b"VP8X":
        flags = head[0] | HAS_XMP
        return ByteChange(first.content_start, first.content_start + 1, bytes([flags]))
    if first.name == b"VP8L" and head[:1] == b"\x2f":
        bits = int.from_bytes(head[1:5], "little")
        width, height = (bits & 0x3FFF), (bits >> 14 & 0x3FFF)
        flags = HAS_XMP | (HAS_ALPHA if bits >> 28 & 1 else 0)
    elif first.name == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width = (int.from_bytes(head[6:8], "little") & 0x3FFF) - 1
        height = (int.from_bytes(head[8:10], "little") & 0x3FFF) - 1
        flags = HAS_XMP
    else:
        return None
    sides = width.to_bytes(3, "little") + height.to_bytes(3, "little")
    header = b"VP8X" + struct.pack("<II", 10, flags) + sides
    return ByteChange(first.start, first.start, header)
