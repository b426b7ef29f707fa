"""A DNS resolver with fixed answers, so that no test depends on the network."""

from typing import Any

import pytest

INSIDE = "inside.example"  # resolves to a private and a public address; no other name is known


def install(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replace the system's resolver; return a list that collects the requested names."""
    asked: list[str] = []

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        if host != INSIDE:
            raise OSError("unknown")
        return [(2, 1, 6, "", (address, port)) for address in ("93.184.215.14", "10.0.0.9")]

    monkeypatch.setattr("playground.providers.dns_lookups.ask_system", resolve)
    return asked
