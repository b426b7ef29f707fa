"""The journal of the workers in chaos tests: claims of runs, with their times, and crashes.

Each line is written by one append, so that processes can share the file and a killed process
leaves no partial line. Times are of the system's monotonic clock, which all processes share.
"""

import json
import math
import os
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any


class Journal:
    """An append-only file with one JSON object per line."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, what: str, **facts: Any) -> None:
        line = {"what": what, "at": time.monotonic(), "pid": os.getpid(), **facts}
        os.write(self.file, f"{json.dumps(line)}\n".encode())


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return its lines in order; [] if no worker has started."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def crashes(lines: list[dict[str, Any]]) -> list[str]:
    """Return the moments at which workers killed themselves, in order."""
    return [line["moment"] for line in lines if line["what"] == "died"]


@dataclass(slots=True, kw_only=True)
class ClaimRecord:
    """A worker's claim of a run.

    claimed_at   time at which the claim was certainly made
    released_at  inf if it was not released
    validity     (time, end): from that time on the lease is known to be valid until the end
    """

    run: str
    pid: int
    claimed_at: float
    validity: list[tuple[float, float]]
    released_at: float = math.inf

    def overlaps(self, other: "ClaimRecord") -> bool:
        """Whether this claim was valid when the other one was made."""
        known = [end for moment, end in self.validity if moment < other.claimed_at]
        return other.claimed_at < min(self.released_at, max(known))


def read_claims(lines: list[dict[str, Any]], lease_seconds: float) -> list[ClaimRecord]:
    claims: dict[str, ClaimRecord] = {}
    for line in lines:
        match line["what"]:
            case "claimed":
                validity = (line["at"], line["asked"] + lease_seconds)
                claims[line["lease"]] = ClaimRecord(
                    run=line["run"], pid=line["pid"], claimed_at=line["at"], validity=[validity]
                )
            case "renewed":  # no effect if another worker had claimed the run before
                for lease in set(line["leases"]) & set(claims):
                    validity = (line["at"], line["asked"] + lease_seconds)
                    claims[lease].validity.append(validity)
            case "released":
                claims[line["lease"]].released_at = line["at"]
    return list(claims.values())


def find_overlaps(claims: list[ClaimRecord]) -> list[str]:
    """Report each claim of a run that was made while another claim of it was valid."""
    by_run: dict[str, list[ClaimRecord]] = defaultdict(list)
    for claim in sorted(claims, key=lambda claim: claim.claimed_at):
        by_run[claim.run].append(claim)
    return [
        f"run {later.run} was claimed by {earlier.pid} and {later.pid} at the same time"
        for records in by_run.values()
        for earlier, later in pairwise(records)
        if earlier.overlaps(later)
    ]
