"""What the mortal workers write down: who held which run, from when to when, and who died where.

Each line is one append to one file, so several processes share it and a killed one leaves whole
lines. Times are those of the system's monotonic clock, which all processes read alike.
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
    """An append-only file of one JSON object a line."""

    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def write(self, what: str, **facts: Any) -> None:
        line = {"what": what, "at": time.monotonic(), "pid": os.getpid(), **facts}
        os.write(self.file, f"{json.dumps(line)}\n".encode())


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Return its lines in order; [] before the first worker has begun."""
    text = path.read_text() if path.exists() else ""
    return [json.loads(line) for line in text.splitlines()]


def deaths(lines: list[dict[str, Any]]) -> list[str]:
    """Return the moments at which a worker ended itself, in order."""
    return [line["moment"] for line in lines if line["what"] == "died"]


@dataclass(slots=True, kw_only=True)
class Holding:
    """One worker's claim on one run.

    since  when the claim was surely made; until  when it was given back, inf when never
    sure   (moment, until when): from that moment on, no one else might claim the run until then
    """

    run: str
    pid: int
    since: float
    sure: list[tuple[float, float]]
    until: float = math.inf

    def excludes(self, other: "Holding") -> bool:
        """Whether this claim was good when the other one was made."""
        known = [end for moment, end in self.sure if moment < other.since]
        return other.since < min(self.until, max(known))


def read_holdings(lines: list[dict[str, Any]], lease_seconds: float) -> list[Holding]:
    holdings: dict[str, Holding] = {}
    for line in lines:
        match line["what"]:
            case "claimed":
                sure = (line["at"], line["asked"] + lease_seconds)
                holdings[line["lease"]] = Holding(
                    run=line["run"], pid=line["pid"], since=line["at"], sure=[sure]
                )
            case "renewed":  # in vain, where another had claimed the run before
                for lease in set(line["leases"]) & set(holdings):
                    sure = (line["at"], line["asked"] + lease_seconds)
                    holdings[lease].sure.append(sure)
            case "released":
                holdings[line["lease"]].until = line["at"]
    return list(holdings.values())


def find_overlaps(holdings: list[Holding]) -> list[str]:
    """Say where a run was claimed while another claim on it was still good."""
    by_run: dict[str, list[Holding]] = defaultdict(list)
    for holding in sorted(holdings, key=lambda holding: holding.since):
        by_run[holding.run].append(holding)
    return [
        f"run {later.run} was held by {earlier.pid} and {later.pid} at once"
        for held in by_run.values()
        for earlier, later in pairwise(held)
        if earlier.excludes(later)
    ]
