"""Measures a thousand runs at once: the load on the provider, the worker and the database.

    .venv/bin/python -m benchmarks.reliability [runs] [--cold]

Starts PostgreSQL, a sandbox whose tasks take 20 to 40 seconds, and one worker. Accepts all runs as
fast as it can, and prints the table of docs/reliability.md. Takes about two minutes.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import django
import psycopg
from django.core.management import call_command

from tests.postgres import PostgresServer
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).parents[1]
SECONDS_PER_TASK = (20.0, 40.0)
WARM_UP_RUNS = 20
GIVE_UP_SECONDS = 300
SAMPLE_SECONDS = 0.5
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(slots=True, kw_only=True)
class Watched:
    """What is measured while the runs are in progress.

    heartbeats  times of the worker's heartbeats
    """

    heartbeats: set[datetime] = field(default_factory=set)
    most_in_flight: int = 0
    transactions: int = 0
    accepting_seconds: float = 0.0
    seconds: float = 0.0
    processor_seconds: float = 0.0
    next_sample: float = 0.0

    def sample(self) -> None:
        """Query the database, at most every `SAMPLE_SECONDS`."""
        from playground.runs.models import Run, Status, Worker  # noqa: PLC0415 - after setup

        if time.monotonic() < self.next_sample:
            return
        self.next_sample = time.monotonic() + SAMPLE_SECONDS
        in_flight = Run.objects.filter(status__in=(Status.QUEUED, Status.PROCESSING)).count()
        self.most_in_flight = max(self.most_in_flight, in_flight)
        self.heartbeats.update(Worker.objects.values_list("seen_at", flat=True))


def main() -> None:
    options = read_options()
    with (
        tempfile.TemporaryDirectory() as folder,
        PostgresServer() as postgres,
        SandboxProcess() as service,
    ):
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DATABASE_URL": postgres.url,
            "DATA_DIR": folder,
            "SANDBOX_URL": service.url,
        }
        django.setup()
        prepare(service)
        with worker() as pid:
            if not options.cold:
                measure(WARM_UP_RUNS, pid, postgres.url)
            watched = measure(options.runs, pid, postgres.url)
            print_table(options.runs, watched, service.ledger(), pid)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability")
    parser.add_argument("runs", type=int, nargs="?", default=1000)
    parser.add_argument("--cold", action="store_true", help="without warm-up runs")
    return parser.parse_args()


def prepare(service: SandboxProcess) -> None:
    from playground.providers import registry  # noqa: PLC0415 - after setup
    from playground.teams.models import ApiKey, Workspace  # noqa: PLC0415 - after setup

    call_command("release", verbosity=0)
    ApiKey.objects.keep(Workspace.objects.first_one(), registry.SANDBOX.slug, service.api_key)
    service.small_pictures()
    service.durations(processing=SECONDS_PER_TASK)


@contextmanager
def worker() -> Iterator[int]:
    """Run `manage.py work` until the block ends; yield its process id."""
    process = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def measure(count: int, pid: int, database: str) -> Watched:
    """Accept runs, and measure until all of them are done."""
    from playground.runs.models import Run  # noqa: PLC0415 - after setup

    started_at, processor = time.monotonic(), processor_seconds(pid)
    transactions = count_transactions(database)
    watched = Watched()
    for number in range(count):
        accept(f"a lighthouse, number {number} of {count}")
        watched.sample()
    watched.accepting_seconds = time.monotonic() - started_at
    while Run.objects.exclude(next_check_at=None).exists():
        assert time.monotonic() - started_at < GIVE_UP_SECONDS, "the worker is not done in time"
        time.sleep(SAMPLE_SECONDS)
        watched.sample()
    watched.seconds = time.monotonic() - started_at
    watched.processor_seconds = processor_seconds(pid) - processor
    watched.transactions = count_transactions(database) - transactions
    return watched


def accept(prompt: str) -> None:
    """Accept a run, as Generate does after the form is validated."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - after setup

    from playground.catalog.models import ModelSpec  # noqa: PLC0415 - likewise
    from playground.runs import lifecycle  # noqa: PLC0415 - likewise
    from playground.teams.models import Membership, Workspace  # noqa: PLC0415 - likewise

    workspace = Workspace.objects.first_one()
    membership, _ = Membership.objects.get_or_create(
        workspace=workspace,
        user=User.objects.get_or_create(username="bench")[0],
    )
    lifecycle.accept(
        membership,
        spec=ModelSpec.objects.current(workspace)[0],
        inputs={"prompt": prompt, "size": "1:1"},
        token=uuid.uuid4(),
    )


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def most_memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def count_transactions(database: str) -> int:
    """Return the number of committed transactions. A statement outside of a block is one, too."""
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row
    return int(row[0])


def print_table(runs: int, watched: Watched, ledger: Mapping[str, Any], pid: int) -> None:
    from playground.runs.models import Run  # noqa: PLC0415 - after setup

    measured = list(Run.objects.order_by("-created_at")[:runs])
    tasks = {task["task"]: task for task in ledger["tasks"]}
    ended = {run: datetime.fromisoformat(tasks[run.task_id]["ended"]) for run in measured}
    first = min(run.created_at for run in measured)
    requests = sum(datetime.fromisoformat(one["at"]) >= first for one in ledger["requests"])
    checks = [tasks[run.task_id]["looks"] for run in measured]
    rows = {
        "peak number of tasks in progress": f"{watched.most_in_flight}",
        "accepted in": f"{watched.accepting_seconds:.1f} s",
        "everything done after": f"{watched.seconds:.1f} s",
        "from accepted to sent": spread([lapse(run.created_at, run.sent_at) for run in measured]),
        "polls per run": f"mean {statistics.mean(checks):.1f}, {spread(checks, '{:.0f}')}",
        "from the task's end until the worker noticed it": spread(
            [lapse(ended[run], run.finished_at) for run in measured]
        ),
        "from then to the stored picture": spread(
            [lapse(run.finished_at, run.stored_at) for run in measured]
        ),
        "requests to the provider": f"{requests}, {requests / watched.seconds:.0f} per second",
        "database transactions per request": f"{watched.transactions / requests:.1f}",
        "worker's processor time": f"{watched.processor_seconds:.1f} s, "
        f"{watched.processor_seconds / requests * 1000:.1f} ms per request",
        "peak memory of the worker": f"{most_memory_mib(pid):.0f} MiB",
        "longest gap between heartbeats": f"{longest_gap(sorted(watched.heartbeats)):.1f} s",
    }
    print(f"| {runs} runs, tasks of 20 to 40 s | |\n|---|---|")
    for name, value in rows.items():
        print(f"| {name} | {value} |")


def lapse(earlier: datetime | None, later: datetime | None) -> float:
    assert earlier, "a run has not ended"
    assert later, "a run has not ended"
    return (later - earlier).total_seconds()


def spread(numbers: list[float], form: str = "{:.2f} s") -> str:
    numbers = sorted(numbers)
    p95 = numbers[round(len(numbers) * 0.95) - 1]
    shown = [form.format(number) for number in (statistics.median(numbers), p95, numbers[-1])]
    return f"median {shown[0]}, p95 {shown[1]}, most {shown[2]}"


def longest_gap(moments: list[datetime]) -> float:
    return max((later - earlier).total_seconds() for earlier, later in pairwise(moments))


if __name__ == "__main__":
    main()
