"""The check of claims finds overlapping ones, and knows when a lease has expired."""

from typing import Any

from tests.chaos.journal import find_overlaps, read_claims


def claimed(pid: int, at: float) -> dict[str, Any]:
    return {"what": "claimed", "run": "r", "lease": f"of {pid}", "pid": pid, "asked": at, "at": at}


def renewed(pid: int, at: float) -> dict[str, Any]:
    return {"what": "renewed", "leases": [f"of {pid}"], "asked": at, "at": at}


def released(pid: int, at: float) -> dict[str, Any]:
    return {"what": "released", "lease": f"of {pid}", "at": at}


def overlaps(*lines: dict[str, Any]) -> int:
    return len(find_overlaps(read_claims(list(lines), lease_seconds=2)))


def test_two_concurrent_claims_are_detected() -> None:
    assert overlaps(claimed(1, at=0), claimed(2, at=1)) == 1
    assert overlaps(claimed(1, at=0), renewed(1, at=1.5), claimed(2, at=3)) == 1


def test_a_claim_after_a_release_is_no_double_claim() -> None:
    assert overlaps(claimed(1, at=0), released(1, at=0.5), claimed(2, at=1)) == 0


def test_a_claim_after_an_expired_lease_is_no_double_claim() -> None:
    assert overlaps(claimed(1, at=0), claimed(2, at=3)) == 0
    assert overlaps(claimed(1, at=0), claimed(2, at=3), renewed(1, at=3.1), released(1, at=4)) == 0
