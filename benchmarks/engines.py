"""Compares the two queue engines: threads of `manage.py work`, and Celery with Redis.

    .venv/bin/python -m benchmarks.engines [--runs 1000 5000] [--processes 1 2 4]
        [--engines threads celery] [--task-seconds 20 40] [--at-most 600]

For each row of its table it starts PostgreSQL, a sandbox and the worker processes, with Celery also
Redis and the clock. It accepts all runs as fast as it can and waits until all outputs are stored,
or until `--at-most` seconds have passed: the row then has the number of unfinished runs. All
processes share this machine, so the processor time is listed for each. A row of 1,000 runs takes
two minutes.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import django
import psutil
from redis import Redis

from benchmarks.reliability import accept, count_transactions, lapse, prepare
from tests.postgres import PostgresServer
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).parents[1]
ENGINES = ("threads", "celery")
WARM_UP_RUNS = 20
THREADS = 16  # of each Celery worker; `manage.py work` has about as many threads for runs
SAMPLE_SECONDS = 0.5
IDLE_SECONDS = 10.0
START_SECONDS = 120
STOP_SECONDS = 60

COLUMNS = {
    "noticed": "from the task's end until the worker noticed it, median and p95",
    "done": "everything done after",
    "requests": "requests to the provider",
    "polls": "polls per run",
    "transactions": "transactions per request",
    "broker": "broker operations per request",
    "memory": "peak memory of workers and clock",
    "processor": "processor time per request: workers and clock, PostgreSQL, broker, sandbox",
    "idle": "idle: processor time, transactions and broker operations per second",
    "connections": "peak number of database connections",
    "load": "load of the machine, before and after",
}


@dataclass(slots=True, kw_only=True)
class Setting:
    """One row of the table, with its processes.

    processes  number of worker processes; with Celery the clock is one more
    at_most    seconds after which the row is aborted
    others     process ids of the servers that workers use, by name
    """

    engine: str
    processes: int
    runs: int
    task_seconds: tuple[float, float]
    at_most: float
    load: float
    postgres: str = ""
    redis: str = ""
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    others: dict[str, int] = field(default_factory=dict)

    def family(self) -> list[psutil.Process]:
        """Return the measured processes and their children."""
        heads = [psutil.Process(each.pid) for each in self.started]
        return [*heads, *(child for head in heads for child in head.children(recursive=True))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The resources used up to a time."""

    at: float
    processor: float
    others: dict[str, float]
    transactions: int
    operations: int


@dataclass(slots=True)
class Peak:
    """The peak values measured so far."""

    memory_mib: float = 0.0
    connections: int = 0

    def sample(self, setting: Setting) -> None:
        memory = sum(each.memory_info().rss for each in setting.family()) / 2**20
        self.memory_mib = max(self.memory_mib, memory)
        self.connections = max(self.connections, count_connections())


def main() -> None:
    options = read_options()
    if options.one:
        engine, processes, runs = options.one.split(":")
        measure(
            Setting(
                engine=engine,
                processes=int(processes),
                runs=int(runs),
                task_seconds=tuple(options.task_seconds),
                at_most=options.at_most,
                load=os.getloadavg()[0],
            )
        )
        return
    low, high = options.task_seconds
    print(f"Tasks of {low:g} to {high:g} s.\n")
    print("| " + " | ".join(["engine", "processes", "runs", *COLUMNS.values()]) + " |")
    print("|---" * (len(COLUMNS) + 3) + "|", flush=True)
    for runs in options.runs:
        for processes in options.processes:
            for engine in options.engines:
                print_row(f"{engine}:{processes}:{runs}", options)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engines")
    parser.add_argument("--runs", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--task-seconds", type=float, nargs=2, default=[20.0, 40.0])
    parser.add_argument("--at-most", type=float, default=600.0, metavar="SECONDS")
    parser.add_argument("--one", help=argparse.SUPPRESS)  # engine:processes:runs, one row
    return parser.parse_args()


def print_row(one: str, options: argparse.Namespace) -> None:
    """Measure one row in a separate process, because Django reads its settings only once."""
    words = ["--one", one, "--at-most", str(options.at_most)]
    words += ["--task-seconds", *map(str, options.task_seconds)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engines", *words],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {}
    cells = [found.get(name, "–") for name in COLUMNS]
    print("| " + " | ".join([*one.split(":"), *cells]) + " |", flush=True)


def measure(setting: Setting) -> None:
    """Print one line's numbers as JSON."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        service = stack.enter_context(SandboxProcess())
        postgres = stack.enter_context(PostgresServer())
        setting.postgres = postgres.url
        setting.others = {"PostgreSQL": postgres.guard.pid, "sandbox": pid_of(service)}
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "playground.settings",
            "DATABASE_URL": setting.postgres,
            "DATA_DIR": folder,
            "SANDBOX_URL": service.url,
        }
        if setting.engine == "celery":
            redis = stack.enter_context(RedisServer())
            setting.redis = os.environ["BROKER_URL"] = redis.url
            setting.others["broker"] = pid_of(redis)
        django.setup()
        prepare(service)
        service.durations(processing=setting.task_seconds)
        log = stack.enter_context((Path(folder) / "log").open("wb"))
        stack.enter_context(workers(setting, log))
        print(json.dumps(measure_runs(setting, service)))


def pid_of(server: SandboxProcess | RedisServer) -> int:
    process = server.process if isinstance(server, SandboxProcess) else server.guard
    assert process
    return process.pid


@contextmanager
def workers(setting: Setting, log: Any) -> Iterator[None]:
    """Run the worker processes, with Celery also the clock, until the block ends."""
    from playground.runs.models import Worker  # noqa: PLC0415 - after setup

    celery = str(Path(sys.executable).parent / "celery")
    commands = [[sys.executable, "manage.py", "work", "--processes", str(setting.processes)]]
    if setting.redis:
        pool = ["--pool", "threads", "--concurrency", str(THREADS)]
        commands = [
            [celery, "-A", "playground", "worker", *pool, "--hostname", f"w{number}@bench"]
            for number in range(setting.processes)
        ]
        commands.append([sys.executable, "manage.py", "clock"])
    setting.started = [
        subprocess.Popen(words, cwd=ROOT, stdout=log, stderr=log) for words in commands
    ]
    try:
        expected = setting.processes + bool(setting.redis)
        wait_until(lambda: Worker.objects.count() == expected, START_SECONDS)
        yield
    finally:
        for process in setting.started:
            process.send_signal(signal.SIGTERM)
        for process in setting.started:
            process.wait(STOP_SECONDS)


def wait_until(is_so: Any, seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up_at, "given up"
        time.sleep(SAMPLE_SECONDS)


def measure_runs(setting: Setting, service: SandboxProcess) -> dict[str, str]:
    finish(setting, WARM_UP_RUNS, Peak())
    peak = Peak()
    before, requests = add_up(setting), len(service.ledger()["requests"])
    left = finish(setting, setting.runs, peak)
    after, ledger = add_up(setting), service.ledger()
    requests = len(ledger["requests"]) - requests
    load = os.getloadavg()[0]
    idle = [after, after] if left else measure_idle(setting)
    found = describe(setting, [before, after, *idle], ledger, requests, peak)
    if left:
        found |= {"done": f"{left} runs left after {setting.at_most:.0f} s", "idle": "–"}
    return found | {"load": f"{setting.load:.1f}, {load:.1f}"}


def measure_idle(setting: Setting) -> list[Costs]:
    """Return the costs before and after `IDLE_SECONDS` without work."""
    from playground.runs.models import MediaFile  # noqa: PLC0415 - after setup

    give_up_at = time.monotonic() + setting.at_most
    while MediaFile.objects.filter(is_sized=False).exists() and time.monotonic() < give_up_at:
        time.sleep(SAMPLE_SECONDS)
    begun = add_up(setting)
    time.sleep(IDLE_SECONDS)
    return [begun, add_up(setting)]


def finish(setting: Setting, count: int, peak: Peak) -> int:
    """Accept runs and wait until they are done; return how many are not after a timeout."""
    from playground.runs.models import Run  # noqa: PLC0415 - after setup

    for number in range(count):
        accept(f"a lighthouse, number {number} of {count}")

    give_up_at = time.monotonic() + setting.at_most
    while (left := Run.objects.exclude(next_check_at=None).count()) and (
        time.monotonic() < give_up_at
    ):
        peak.sample(setting)
        time.sleep(SAMPLE_SECONDS)
    return left


def add_up(setting: Setting) -> Costs:
    operations = 0
    if setting.redis:
        with Redis.from_url(setting.redis) as redis:
            operations = int(redis.info("stats")["total_commands_processed"])
    return Costs(
        at=time.monotonic(),
        processor=sum(processor_seconds(each.pid) for each in setting.started),
        others={name: processor_seconds(pid) for name, pid in setting.others.items()},
        transactions=count_transactions(setting.postgres),
        operations=operations,
    )


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process and all its children, including ended ones."""
    head = psutil.Process(pid)
    return sum(sum(each.cpu_times()[:4]) for each in (head, *head.children(recursive=True)))


def count_connections() -> int:
    from django.db import connection  # noqa: PLC0415 - after setup

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def describe(
    setting: Setting, costs: list[Costs], ledger: dict[str, Any], requests: int, peak: Peak
) -> dict[str, str]:
    from playground.runs.models import Run  # noqa: PLC0415 - after setup

    before, after, begun, idle = costs
    newest = Run.objects.order_by("-created_at")[: setting.runs]
    measured = [run for run in newest if run.finished_at]
    tasks = {task["task"]: task for task in ledger["tasks"]}
    ended = {name: datetime.fromisoformat(task["ended"]) for name, task in tasks.items()}
    noticed = sorted(lapse(ended[run.task_id], run.finished_at) for run in measured)
    p95 = noticed[round(len(noticed) * 0.95) - 1]
    polls = statistics.mean(tasks[run.task_id]["looks"] for run in measured)
    seconds = max(idle.at - begun.at, 1.0)
    operations = (after.operations - before.operations) / requests
    per_second = [
        f"{(idle.processor - begun.processor) / seconds * 1000:.0f} ms",
        f"{(idle.transactions - begun.transactions) / seconds:.0f}",
        f"{(idle.operations - begun.operations) / seconds:.0f}" if setting.redis else "–",
    ]
    return {
        "noticed": f"{statistics.median(noticed):.1f} s, {p95:.1f} s",
        "done": f"{after.at - before.at:.0f} s",
        "requests": f"{requests}",
        "polls": f"{polls:.1f}",
        "transactions": f"{(after.transactions - before.transactions) / requests:.1f}",
        "broker": f"{operations:.1f}" if setting.redis else "–",
        "memory": f"{peak.memory_mib:.0f} MiB",
        "processor": ", ".join(describe_processor(before, after, requests)),
        "idle": ", ".join(per_second),
        "connections": f"{peak.connections}",
    }


def describe_processor(before: Costs, after: Costs, requests: int) -> Iterator[str]:
    yield f"{(after.processor - before.processor) / requests * 1000:.1f} ms"
    for name in ("PostgreSQL", "broker", "sandbox"):
        spent = after.others.get(name, 0) - before.others.get(name, 0)
        yield f"{spent / requests * 1000:.1f} ms" if name in after.others else "–"


if __name__ == "__main__":
    main()
