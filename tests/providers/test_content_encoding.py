"""Encoded bodies in pieces of any size, and corrupt ones."""

import gzip
import zlib
from itertools import pairwise

import brotli  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.providers.content_encoding import BrokenPackingError, unpack

CONTENT = bytes(range(256)) * 8
CHUNKED = (
    b"200;chunk-signature=" + b"0" * 64 + b"\r\n" + CONTENT[:512] + b"\r\n"
    b"600\r\n" + CONTENT[512:] + b"\r\n0\r\nx-amz-checksum:abc\r\n"
)
BODIES = {
    "gzip": gzip.compress(CONTENT),
    "deflate": zlib.compress(CONTENT),
    "br": brotli.compress(CONTENT),
    "aws-chunked": CHUNKED,
}


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(body), *(place % len(body) for place in places)})
    return [body[begin:end] for begin, end in pairwise(edges)]


@pytest.mark.parametrize("encoding", BODIES)
@given(places=st.lists(st.integers(0), max_size=30))
def test_the_size_of_network_chunks_does_not_change_the_content(
    encoding: str, places: list[int]
) -> None:
    assert b"".join(unpack(cut(BODIES[encoding], places), [encoding])) == CONTENT


def test_a_body_that_arrives_byte_by_byte_is_decoded() -> None:
    pieces = [bytes([byte]) for byte in CHUNKED]
    assert b"".join(unpack(pieces, ["aws-chunked"])) == CONTENT


def test_a_chunk_without_a_head_is_refused() -> None:
    broken = CHUNKED.replace(b"600\r\n", b"what is this\r\n")
    with pytest.raises(BrokenPackingError, match="no chunk begins here"):
        b"".join(unpack([broken], ["aws-chunked"]))


@pytest.mark.parametrize("encoding", BODIES)
def test_a_truncated_body_is_refused(encoding: str) -> None:
    with pytest.raises(BrokenPackingError):
        b"".join(unpack([BODIES[encoding][:-30]], [encoding]))
