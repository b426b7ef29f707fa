"""What breaks first as people and runs come, simulated from measured costs; starts nothing.

    .venv/bin/python -m benchmarks.growth

The first table has runs that all begin at once: when their ends are noticed, by the program's own
polling intervals and workers of so many processes. The second has people who work at the same
time, and the share of each part that they use up. docs/scaling.md has both. The costs below are
those of `benchmarks.pages` and `benchmarks.engines`: change them for another machine.
"""

import heapq
import os
import random
import statistics
import sys
import tempfile
from collections import deque
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from playground.runs.worker.poll_intervals import Durations

# Processor seconds of one core.
LOOK = 0.003  # a look at a task that goes on, by a worker
REST = 0.045  # of a run: it is sent, its picture fetched and stored, its history read
POLL = 0.004  # of a page, with nothing new
PAGE = 0.090  # form, run, gallery
THUMBNAIL = 0.004
DATABASE = 0.00035  # PostgreSQL, for each transaction

# One person for an hour.
POLLS, PAGES, THUMBNAILS, RUNS = 360, 20, 200, 10
LOOKS, TRANSACTIONS, BROKER_OPERATIONS = 6, 68, 90  # for each run
QUERIES = {"poll": 3, "page": 10, "thumbnail": 3}  # each is a transaction

HALF = 0.5  # what runs at half use keeps up with bursts
WEB_CORES = 2  # of a web process of the Procfile
COMMITS = 10_000  # in a second: one good PostgreSQL with a fast disk
CONNECTIONS = 97  # PostgreSQL's default, without those for its owner
OF_WEB, OF_WORKER = 16, 23  # connections of one process at most
MOST_BROKER_OPERATIONS = 50_000  # in a second: one Redis, on one core

SAMPLES = 20  # from which the program learns, too
TASK_SECONDS = (20.0, 40.0)
ACCEPTED_IN_A_SECOND = 60  # while they are accepted, by one process


@dataclass(slots=True)
class Burst:
    """Runs that begin at once, and processes that look at their tasks, the longest due first."""

    runs: int
    processes: int

    def noticed(self) -> list[float]:
        """Return the seconds from each task's end to its noticing, in order."""
        from playground.runs.worker import poll_intervals  # noqa: PLC0415 - after setup

        dice = random.Random(self.runs)
        learnt = deque((dice.uniform(*TASK_SECONDS) for _ in range(SAMPLES)), maxlen=SAMPLES)
        begun = [number / ACCEPTED_IN_A_SECOND for number in range(self.runs)]
        took = [dice.uniform(*TASK_SECONDS) for _ in begun]
        free = [0.0] * self.processes
        due = [(at, number) for number, at in enumerate(begun)]
        heapq.heapify(due)
        stored: deque[float] = deque()  # ends whose pictures wait until no look is due
        delays = []
        while due:
            at, number = heapq.heappop(due)
            begins = heapq.heappop(free)
            while stored and begins + REST <= at:
                stored.popleft()
                begins += REST
            now = max(begins, at) + LOOK
            heapq.heappush(free, now)
            elapsed = now - begun[number]
            if elapsed >= took[number]:
                delays.append(elapsed - took[number])
                learnt.append(elapsed)
                stored.append(now)
                continue
            known = durations(sorted(learnt))
            pause = poll_intervals.seconds_to_next_check(elapsed, known)
            heapq.heappush(due, (now + pause, number))
        return sorted(delays)


def durations(seconds: list[float]) -> "Durations":
    from playground.runs.worker import poll_intervals  # noqa: PLC0415 - after setup

    return poll_intervals.Durations(
        fastest=seconds[0],
        low=seconds[len(seconds) // 10],
        median=statistics.median(seconds),
        high=seconds[-1 - len(seconds) // 10],
        checks=poll_intervals.spread_checks(seconds),
    )


def print_bursts() -> None:
    print("| runs at once | worker processes | noticed: median, p95 |\n|---|---|---|")
    for runs in (100, 300, 1000, 2000, 5000):
        for processes in (1, 2, 4):
            delays = Burst(runs, processes).noticed()
            p95 = delays[round(len(delays) * 0.95) - 1]
            print(f"| {runs:,} | {processes} | {statistics.median(delays):.1f} s, {p95:.1f} s |")


@dataclass(frozen=True, slots=True)
class Crowd:
    """People who work at the same time; all rates are for a second."""

    people: int

    def rate(self, an_hour: float) -> float:
        return self.people * an_hour / 3600

    @property
    def web(self) -> int:
        cores = self.rate(POLLS * POLL + PAGES * PAGE + THUMBNAILS * THUMBNAIL)
        return ceil(cores / (WEB_CORES * HALF))

    @property
    def workers(self) -> int:
        return ceil(self.rate(RUNS * (LOOKS * LOOK + REST)) / HALF)

    @property
    def transactions(self) -> float:
        of_pages = POLLS * QUERIES["poll"] + PAGES * QUERIES["page"]
        of_pages += THUMBNAILS * QUERIES["thumbnail"]
        return self.rate(of_pages + RUNS * TRANSACTIONS)

    def shares(self) -> dict[str, float]:
        """Return how much is used of what there is one of, with webs and workers as needed."""
        return {
            "commits of PostgreSQL": self.transactions / COMMITS,
            "processor of PostgreSQL, 8 cores": self.transactions * DATABASE / 8,
            "connections": (self.web * OF_WEB + self.workers * OF_WORKER) / CONNECTIONS,
            "broker": self.rate(RUNS * BROKER_OPERATIONS) / MOST_BROKER_OPERATIONS,
        }


def print_people() -> None:
    heads = ("people at once", "web processes", "worker processes", "transactions", "used up first")
    print(f"\n| {' | '.join(heads)} |\n|---|---|---|---|---|")
    for people in (10, 100, 1_000, 10_000, 100_000):
        crowd = Crowd(people)
        order = sorted(crowd.shares().items(), key=lambda item: -item[1])
        used = ", ".join(f"{name}: {share:.0%}" for name, share in order)
        print(
            f"| {people:,} | {crowd.web} | {crowd.workers} | {crowd.transactions:,.0f} | {used} |"
        )


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "playground.settings", "DATA_DIR": folder}
        django.setup()
        print_bursts()
        print_people()
    return 0


if __name__ == "__main__":
    sys.exit(main())
