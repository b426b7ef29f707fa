"""`python -m tests.chaos.crashing_worker`: forks workers that can crash at a named moment.

Each line of standard input forks one worker and is its instruction: "charged 2" kills itself when
it reaches that moment for the second time, "clock 3600" has a clock that is an hour ahead, "clean
up" only does a worker's cleanup, without its waiting times; an empty line is a worker that does not
crash. With a broker these are Celery workers, and "broker clock" is `manage.py clock`. It prints
"started PID" and "ended PID", and kills all of them at the end of its input.

    CHAOS_JOURNAL  path of the journal of claims and crashes

The program has no code for this: functions are wrapped before a worker starts.
"""

import contextlib
import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from tests.chaos.journal import Journal
from tests.chaos.moments import Moment

children: set[int] = set()


CLOCK = "clock"
CLEAN_UP = "clean up"
BROKER_CLOCK = "broker clock"
# A Celery worker without gossip with other workers, which would delay each start by a second.
CELERY = ("worker", "--pool=threads", "--concurrency=6", "--loglevel=WARNING")
ALONE = ("--without-mingle", "--without-gossip", "--without-heartbeat")


class CrashPoint:
    """Counts how often a moment is reached, and kills the process at the given count."""

    def __init__(self, text: str, journal: Journal) -> None:
        moment, _, count = text.rpartition(" ")
        self.moment = Moment(moment) if moment else None
        self.left = int(count or 0)
        self.journal = journal
        self.lock = threading.Lock()

    def reach(self, moment: Moment) -> None:
        if moment is not self.moment:
            return
        with self.lock:  # held until the kill, so that no other thread gets past it
            self.left -= 1
            if self.left == 0:
                self.journal.write("died", moment=moment)
                os.kill(os.getpid(), signal.SIGKILL)


def wrap(owner: Any, name: str, *, before: Callable[..., None], after: Callable[..., None]) -> None:
    """Call `before` and `after`, with the same arguments, around a function."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        before(*args, **kwargs)
        result = original(*args, **kwargs)
        after(*args, **kwargs)
        return result

    setattr(owner, name, wrapped)


def do_nothing(*_: Any, **__: Any) -> None:
    pass


def wrap_functions(crash_point: CrashPoint) -> None:
    wrap_submission(crash_point)
    wrap_download(crash_point)
    wrap_rows(crash_point)


def wrap_submission(crash_point: CrashPoint) -> None:
    from playground.providers.mindvideo import MindVideo  # noqa: PLC0415 - after django.setup()

    wrap(
        MindVideo,
        "submit",
        before=lambda *_, **__: crash_point.reach(Moment.BEFORE_SUBMIT),
        after=lambda *_, **__: crash_point.reach(Moment.CHARGED),
    )


def wrap_download(crash_point: CrashPoint) -> None:
    """Wrap what a download does: chunks, preview, and the files that are stored."""
    from django.core.files.storage import Storage  # noqa: PLC0415 - see wrap_submission

    from playground.providers.fetch import OpenFile  # noqa: PLC0415
    from playground.runs.files import outputs  # noqa: PLC0415

    chunks = OpenFile.chunks
    fetched = threading.local()

    def wrapped(file: OpenFile) -> Iterator[bytes]:
        for chunk in chunks(file):
            yield chunk
            crash_point.reach(Moment.MID_DOWNLOAD)

    def begin(*_: Any) -> None:
        fetched.files = 0

    def saved(*_: Any, **__: Any) -> None:
        fetched.files = getattr(fetched, "files", 0) + 1
        crash_point.reach(Moment.BETWEEN_FILES if fetched.files == 1 else Moment.FILES_KEPT)

    setattr(OpenFile, "chunks", wrapped)  # noqa: B010 - mypy would require its signature
    wrap(outputs, "show", before=do_nothing, after=lambda *_: crash_point.reach(Moment.SHOWN))
    wrap(outputs, "store", before=begin, after=do_nothing)
    wrap(Storage, "save", before=do_nothing, after=saved)


def wrap_rows(crash_point: CrashPoint) -> None:
    from playground.runs.models import Run, Status  # noqa: PLC0415 - see wrap_submission

    def before_move(_run: Run, status: Status, **_: Any) -> None:
        if status == Status.SUCCEEDED:
            crash_point.reach(Moment.BEFORE_SUCCEEDED)

    def after_move(_run: Run, status: Status, **_: Any) -> None:
        if status in {Status.QUEUED, Status.PROCESSING}:
            crash_point.reach(Moment.TICKET_SAVED)

    wrap(Run, "move_to", before=before_move, after=after_move)
    wrap(
        Run,
        "release",
        before=lambda *_, **__: crash_point.reach(Moment.BEFORE_RELEASE),
        after=do_nothing,
    )


def keep_journal(journal: Journal) -> None:
    """Record each claim after it is made, and its release before it is released.

    Claims that a clock hands over are recorded by the worker that takes them over.
    """
    from playground.runs.models import Claim, Run, RunQuerySet  # noqa: PLC0415
    from playground.runs.worker import leases  # noqa: PLC0415 - see wrap_submission

    take, renew = RunQuerySet._claim, leases.renew

    def claim(runs: RunQuerySet, chosen: Any, *, is_handed: bool = False) -> list[Claim]:
        asked = time.monotonic()
        claims = take(runs, chosen, is_handed=is_handed)
        for each in () if is_handed else claims:
            lease = str(each.lease_id)
            journal.write("claimed", run=str(each.run_id), lease=lease, asked=asked)
        return claims

    def renewed() -> None:
        asked, held = time.monotonic(), [str(lease_id) for lease_id in list(leases._in_hand)]
        renew()
        journal.write("renewed", leases=held, asked=asked)

    setattr(RunQuerySet, "_claim", claim)  # noqa: B010 - see wrap_download
    leases.renew = renewed
    wrap(
        Run,
        "release",
        before=lambda run, *_, **__: journal.write("released", lease=str(run.lease_id)),
        after=do_nothing,
    )


def set_clock(seconds: float, journal: Journal) -> None:
    """Set the clock of this process ahead; the clock of the database stays right."""
    from django.utils import timezone  # noqa: PLC0415 - see wrap_submission

    right = timezone.now
    timezone.now = lambda: right() + timedelta(seconds=seconds)
    journal.write("wrong clock", seconds=seconds)


def clean_up() -> None:
    from playground.media import incoming  # noqa: PLC0415 - see above
    from playground.runs.files import pending_files, trash  # noqa: PLC0415 - see above

    incoming.sweep_incoming()
    trash.delete_unused(timedelta())
    pending_files.sweep(timedelta())
    pending_files.sweep_probes(timedelta())


def work(instruction: str, journal: Journal) -> None:
    """Run as a worker."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if instruction == CLEAN_UP:
        clean_up()
        return
    if instruction == BROKER_CLOCK:
        execute_from_command_line(["manage.py", "clock"])
        return
    if instruction.startswith(CLOCK):
        set_clock(float(instruction.removeprefix(CLOCK)), journal)
    else:
        wrap_functions(CrashPoint(instruction, journal))
    if os.environ.get("BROKER_URL"):
        run_celery()
    else:
        execute_from_command_line(["manage.py", "work"])


def run_celery() -> None:
    from playground.celery import app  # noqa: PLC0415 - only where there is a broker

    app.worker_main([*CELERY, *ALONE, f"--hostname=worker{os.getpid()}@chaos"])


def report_ended(*_: Any) -> None:
    """Print which children have ended; one signal can stand for several."""
    with contextlib.suppress(ChildProcessError):
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            children.discard(pid)
            os.write(1, f"ended {pid}\n".encode())


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    django.setup()
    from django.db import connections  # noqa: PLC0415 - after django.setup()

    from playground.runs.management.commands import work as command  # noqa: F401, PLC0415

    if os.environ.get("BROKER_URL"):  # imported once, before the first fork
        from celery.apps import worker as celery_s  # noqa: F401, PLC0415

        from playground.runs.management.commands import clock  # noqa: F401, PLC0415
        from playground.runs.worker import deliveries  # noqa: F401, PLC0415

    journal = Journal(Path(os.environ["CHAOS_JOURNAL"]))
    keep_journal(journal)
    signal.signal(signal.SIGCHLD, report_ended)
    for line in sys.stdin:
        connections.close_all()  # a fork must not share them
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # reported after its start
        pid = os.fork()
        if pid == 0:
            work(line.strip(), journal)
            os._exit(0)
        children.add(pid)
        os.write(1, f"started {pid}\n".encode())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
