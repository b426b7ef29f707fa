"""Simulates from measured costs which resource is used up first with growing load; starts nothing.

    .venv/bin/python -m benchmarks.growth

The first table is about runs that start at once: how long until their end is noticed, with the
polling intervals of the program and several worker processes. The second is about people who work
at the same time: which share of each resource they use. docs/scaling.md has both. The costs below
are from `benchmarks.pages` and `benchmarks.engines`: change them for another machine.
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
CHECK = 0.003  # a worker checks an unfinished task
REST = 0.045  # all other steps of a run: sending it, downloading and storing its picture
POLL = 0.004  # a page polls, with nothing new
PAGE = 0.090  # a page: form, run or gallery
THUMBNAIL = 0.004
DATABASE = 0.00035  # PostgreSQL, per transaction

# One person for an hour.
POLLS, PAGES, THUMBNAILS, RUNS = 360, 20, 200, 10
CHECKS, TRANSACTIONS, BROKER_OPERATIONS = 6, 68, 90  # per run
QUERIES = {"poll": 3, "page": 10, "thumbnail": 3}  # each is a transaction

MOST_USE = 0.5  # planned utilisation of a process, so that it can handle bursts
WEB_CORES = 2  # cores that a web process of the Procfile uses
COMMITS = 10_000  # per second: one good PostgreSQL with a fast disk
CONNECTIONS = 97  # max_connections of PostgreSQL by default, without those reserved for superusers
WEB_CONNECTIONS, WORKER_CONNECTIONS = 16, 23  # of one process at most
MOST_BROKER_OPERATIONS = 50_000  # per second: one Redis, on one core

SAMPLES = 20  # number of earlier runs whose durations set the polling intervals
TASK_SECONDS = (20.0, 40.0)
ACCEPTED_PER_SECOND = 60  # by one process


@dataclass(slots=True)
class Burst:
    """Runs that start at once, and processes that check their tasks, the longest overdue first."""

    runs: int
    processes: int

    def simulate_delays(self) -> list[float]:
        """Return the seconds from the end of each task until it is noticed, sorted."""
        from playground.runs.worker import poll_intervals  # noqa: PLC0415 - after setup

        dice = random.Random(self.runs)
        learnt = deque((dice.uniform(*TASK_SECONDS) for _ in range(SAMPLES)), maxlen=SAMPLES)
        begun = [number / ACCEPTED_PER_SECOND for number in range(self.runs)]
        took = [dice.uniform(*TASK_SECONDS) for _ in begun]
        free = [0.0] * self.processes
        due = [(at, number) for number, at in enumerate(begun)]
        heapq.heapify(due)
        unstored: deque[float] = deque()  # ended tasks; pictures are stored when no check is due
        delays = []
        while due:
            at, number = heapq.heappop(due)
            begins = heapq.heappop(free)
            while unstored and begins + REST <= at:
                unstored.popleft()
                begins += REST
            now = max(begins, at) + CHECK
            heapq.heappush(free, now)
            elapsed = now - begun[number]
            if elapsed >= took[number]:
                delays.append(elapsed - took[number])
                learnt.append(elapsed)
                unstored.append(now)
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
            delays = Burst(runs, processes).simulate_delays()
            p95 = delays[round(len(delays) * 0.95) - 1]
            print(f"| {runs:,} | {processes} | {statistics.median(delays):.1f} s, {p95:.1f} s |")


@dataclass(frozen=True, slots=True)
class Load:
    """The load of people who work at the same time; all rates are per second."""

    people: int

    def rate(self, an_hour: float) -> float:
        return self.people * an_hour / 3600

    @property
    def web(self) -> int:
        cores = self.rate(POLLS * POLL + PAGES * PAGE + THUMBNAILS * THUMBNAIL)
        return ceil(cores / (WEB_CORES * MOST_USE))

    @property
    def workers(self) -> int:
        return ceil(self.rate(RUNS * (CHECKS * CHECK + REST)) / MOST_USE)

    @property
    def transactions(self) -> float:
        of_pages = POLLS * QUERIES["poll"] + PAGES * QUERIES["page"]
        of_pages += THUMBNAILS * QUERIES["thumbnail"]
        return self.rate(of_pages + RUNS * TRANSACTIONS)

    @property
    def connections(self) -> int:
        return self.web * WEB_CONNECTIONS + self.workers * WORKER_CONNECTIONS

    def shares(self) -> dict[str, float]:
        """Return the used share of each shared resource, with enough web and worker processes."""
        return {
            "commits of PostgreSQL": self.transactions / COMMITS,
            "processor of PostgreSQL, 8 cores": self.transactions * DATABASE / 8,
            "connections": self.connections / CONNECTIONS,
            "broker": self.rate(RUNS * BROKER_OPERATIONS) / MOST_BROKER_OPERATIONS,
        }


def print_people() -> None:
    heads = ("people at once", "web processes", "worker processes", "transactions", "used up first")
    print(f"\n| {' | '.join(heads)} |\n|---|---|---|---|---|")
    for people in (10, 100, 1_000, 10_000, 100_000):
        load = Load(people)
        order = sorted(load.shares().items(), key=lambda item: -item[1])
        used = ", ".join(f"{name}: {share:.0%}" for name, share in order)
        print(f"| {people:,} | {load.web} | {load.workers} | {load.transactions:,.0f} | {used} |")


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "playground.settings", "DATA_DIR": folder}
        django.setup()
        print_bursts()
        print_people()
    return 0


if __name__ == "__main__":
    sys.exit(main())
