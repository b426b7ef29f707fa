"""DNS lookups of hostnames: which ones are private; with a time limit, and no false alarm."""

import threading
import time
from typing import Any

import pytest

from playground.providers.dns_lookups import find_private
from playground.providers.links import Reference

ADDRESSES = {
    "public.example": ["93.184.215.14"],
    "inside.example": ["10.0.0.9"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "mapped.example": ["::ffff:192.168.0.1"],
}


def resolve(host: str, port: int, **_: Any) -> list[Any]:
    if host not in ADDRESSES:
        raise OSError("unknown")
    return [(2, 1, 6, "", (address, port)) for address in ADDRESSES[host]]


def references(*names: str) -> list[Reference]:
    return [Reference(name=name, port=443) for name in names]


def test_one_private_address_forbids_a_hostname() -> None:
    asked = references(*ADDRESSES)
    found = find_private(asked, limit_seconds=30, resolve=resolve)
    assert found == set(ADDRESSES) - {"public.example"}


@pytest.mark.parametrize("name", ["", "nobody.example"])
def test_an_unresolvable_hostname_is_not_reported_as_private(name: str) -> None:
    assert find_private(references(name), limit_seconds=30, resolve=resolve) == set()


def test_a_lookup_waits_for_a_free_slot() -> None:
    go_on = threading.Event()

    def wait(*_: Any, **__: Any) -> list[Any]:
        go_on.wait(60)
        return [(2, 1, 6, "", ("10.0.0.9", 443))]

    others = references(*(f"{number}.example" for number in range(16)))
    assert find_private(others, limit_seconds=0.01, resolve=wait) == set()
    threading.Timer(0.5, go_on.set).start()
    assert find_private(references("late.example"), limit_seconds=60, resolve=wait) == {
        "late.example"
    }


def test_a_hanging_resolver_blocks_nobody() -> None:
    go_on = threading.Event()

    def hang(*_: Any, **__: Any) -> list[Any]:
        go_on.wait(60)
        return []

    asked = references(*(f"{number}.example" for number in range(40)))
    started = time.monotonic()
    try:
        assert find_private(asked, limit_seconds=0.1, resolve=hang) == set()
        assert time.monotonic() - started < 20
        waiting = [each for each in threading.enumerate() if each.name.startswith("look-up-")]
        assert len(waiting) <= 16
    finally:
        go_on.set()
