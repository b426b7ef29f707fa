"""A resolver for tests, so that none depends on the network."""

from typing import Any

import pytest

INSIDE = "inside.example"  # has a private address beside a public one; no other name is known


def install(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ask it in place of the system's; return the names that are requested, as they come."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        if host != INSIDE:
            raise OSError("unknown")
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.215.14", "10.0.0.9")]

    monkeypatch.setattr("playground.providers.dns_lookups.ask_system", resolve)
    return asked
