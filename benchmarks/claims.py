"""Measures several workers on one PostgreSQL: steps per second, and how many claims are empty.

    .venv/bin/python -m benchmarks.claims [rows] [--seconds 15] [--workers 1 2 4 8]

Creates due runs and starts workers like `manage.py work`, except that each step sleeps for 50 ms
and then the run is done. Measures each number of workers for some seconds and prints a table. A
claim is empty if it returns no run although runs are due. Also prints how long claims take with
100,000 due runs of one workspace, and of 500 workspaces.
"""

import argparse
import json
import logging
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from tests.postgres import PostgresServer

ROOT = Path(__file__).parents[1]
STEP_SECONDS = 0.05
START_SECONDS = 120
CHILD = "--as-worker"
CHECKS = "default"  # the queue of status checks
DUE_ROWS = 100_000
CLAIMS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The result for one number of workers.

    claims  number of statements that claim runs
    empty   how many of them returned no run
    """

    workers: int
    steps_per_second: float
    claims: int
    empty: int


def main() -> None:
    if CHILD in sys.argv:
        run_worker()
        return
    options = read_options()
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as postgres:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DATABASE_URL": postgres.url,
            "DATA_DIR": folder,
        }
        django.setup()
        logging.disable(logging.WARNING)
        call_command("release", verbosity=0)
        fill(options.rows)
        measured = [measure(workers, options.seconds) for workers in options.workers]
        timed = [time_claims(count) for count in options.workspaces]
    print(f"\n| workers | steps per second | empty claims | rows of {options.rows} |")
    print("|---|---|---|---|")
    for row in measured:
        share = row.empty / max(row.claims, 1)
        empty = f"{row.empty} of {row.claims}, {share:.0%}"
        done = round(row.steps_per_second * options.seconds)
        print(f"| {row.workers} | {row.steps_per_second:.0f} | {empty} | {done} |")

    print(f"\n| {DUE_ROWS} due, of | claim of 4: median, maximum | in turn |\n|---|---|---|")
    for workspaces, (plain, in_turn) in zip(options.workspaces, timed, strict=True):
        print(f"| {workspaces} workspaces | {spread(plain)} | {spread(in_turn)} |")


def spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.1f} ms, {max(seconds) * 1000:.1f} ms"


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims")
    parser.add_argument("rows", type=int, nargs="?", default=20_000)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4, 8])
    parser.add_argument("--workspaces", type=int, nargs="*", default=[1, 500])
    return parser.parse_args()


def fill(rows: int) -> None:
    """Create runs that are not due, all of one workspace and one API key."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - after setup

    from playground.catalog.models import ModelSpec  # noqa: PLC0415 - likewise
    from playground.runs.models import Run  # noqa: PLC0415 - likewise
    from playground.teams import providers_in_use  # noqa: PLC0415 - likewise
    from playground.teams.models import ApiKey, Workspace  # noqa: PLC0415 - likewise

    workspace = Workspace.objects.first_one()
    facts: dict[str, Any] = {
        "workspace": workspace,
        "author": User.objects.create_user("bench"),
        "spec": ModelSpec.objects.current(workspace)[0],
        "api_key": ApiKey.objects.store(
            workspace, providers_in_use.slugs()[0], "mv_live_benchmark"
        ),
    }
    for start in range(0, rows, 2_000):
        Run.objects.bulk_create(
            Run(inputs={"prompt": f"number {number}"}, next_check_at=None, **facts)
            for number in range(start, min(start + 2_000, rows))
        )


def measure(workers: int, seconds: float) -> Measured:
    """Measure this number of workers for some seconds, after all of them have started."""
    from django.db import connection  # noqa: PLC0415 - after setup
    from django.utils import timezone  # noqa: PLC0415 - likewise

    from playground.runs.models import Run, Worker  # noqa: PLC0415 - likewise

    Run.objects.update(next_check_at=None, lease_id=None, leased_until=None)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE runs_run")
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "benchmarks.claims", CHILD],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(workers)
    ]
    try:
        give_up_at = time.monotonic() + START_SECONDS
        while Worker.objects.count() < workers:
            assert time.monotonic() < give_up_at, "not every worker has started"
            time.sleep(0.1)
        Run.objects.update(next_check_at=timezone.now())
        time.sleep(1)  # until all workers are busy
        left, began_at = count_left(), time.monotonic()
        time.sleep(seconds)
        done, lasted = left - count_left(), time.monotonic() - began_at
        assert count_left(), "all runs are done: measure with more rows"
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
    counts = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    Worker.objects.all().delete()
    return Measured(
        workers=workers,
        steps_per_second=done / lasted,
        claims=sum(each["claims"] for each in counts),
        empty=sum(each["empty"] for each in counts),
    )


def time_claims(workspaces: int) -> tuple[list[float], list[float]]:
    """Return the seconds of claims with `DUE_ROWS` due runs: plain ones, and in turn."""
    import uuid  # noqa: PLC0415 - only used here

    from django.db import connection  # noqa: PLC0415 - after setup

    from playground.runs.models import Run  # noqa: PLC0415 - likewise
    from playground.runs.models.queues import last_in_turn  # noqa: PLC0415 - likewise
    from playground.teams.models import Workspace  # noqa: PLC0415 - likewise

    Run.objects.exclude(pk=Run.objects.values("pk")[:1]).delete()
    Run.objects.update(next_check_at=None)
    for number in range(Workspace.objects.count(), workspaces):
        Workspace.objects.create(name=f"Workspace {number}")
    columns = {str(field.column) for field in Run._meta.concrete_fields if not field.generated}  # noqa: SLF001
    made = {
        "id": "gen_random_uuid()",
        "submission_token": "gen_random_uuid()",
        "idempotency_key": "gen_random_uuid()",
        "next_check_at": "now() - random() * interval '1 hour'",
        "workspace_id": "(SELECT array_agg(id) FROM teams_workspace)[1 + mod(n, %s)]",
    }
    kept = columns - set(made)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO runs_run ({', '.join([*made, *kept])}) "
            f"SELECT {', '.join([*made.values(), *kept])} "
            "FROM runs_run, generate_series(1, %s) AS n WHERE next_check_at IS NULL",
            [workspaces, DUE_ROWS],
        )
        cursor.execute("VACUUM ANALYZE runs_run")
    plain, in_turn, after = [], [], uuid.uuid4()
    for _ in range(CLAIMS):
        began_at = time.perf_counter()
        assert len(Run.objects.claim(CHECKS, 4)) == 4
        plain.append(time.perf_counter() - began_at)
        began_at = time.perf_counter()
        claims = Run.objects.claim_in_turn(CHECKS, 4, after)
        in_turn.append(time.perf_counter() - began_at)
        assert len(claims) == 4
        after = last_in_turn(claims, after)
    return plain, in_turn


def count_left() -> int:
    from playground.runs.models import Run  # noqa: PLC0415 - after setup

    return Run.objects.exclude(next_check_at=None).count()


def run_worker() -> None:
    """Run `manage.py work` in this process, and print the number of claims at the end."""
    django.setup()
    from playground.runs.models import Run  # noqa: PLC0415 - likewise
    from playground.runs.worker import steps  # noqa: PLC0415 - after setup
    from playground.runs.worker.clock import Clock  # noqa: PLC0415 - likewise

    counts = {"claims": 0, "empty": 0}
    claim = Clock._claim  # noqa: SLF001 - by queue

    def counting(clock: Clock, queue: str, room: int) -> Any:
        found = claim(clock, queue, room)
        if queue == CHECKS and (found or Run.objects.due().exists()):
            counts["claims"] += 1
            counts["empty"] += not found
        return found

    def sleep(run: Any) -> None:
        del run
        time.sleep(STEP_SECONDS)

    setattr(Clock, "_claim", counting)  # noqa: B010 - mypy rejects the assignment
    setattr(steps, "choose_step", lambda _run: sleep)  # noqa: B010 - likewise
    call_command("work")
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
