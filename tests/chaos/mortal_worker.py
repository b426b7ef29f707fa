"""`python -m tests.chaos.mortal_worker`: workers as `manage.py work`, which may die at a moment.

Each line on its standard input forks one, and is its fate: "charged 2" kills itself when it comes
to that moment for the second time, "clock 3600" has a clock that is an hour ahead, "clean up" only
does what a worker's cleanup does in the hours to come; an empty line is a worker that lives on.
With a broker workers are Celery's, and "broker clock" is `manage.py clock`. On its standard output
it says "born PID" and "dead PID". When its input ends, so do they all.

    CHAOS_JOURNAL  the file in which workers write down what they hold and where they die

The program itself knows nothing of this: named functions are wrapped from outside, before a
worker starts.
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
# Celery's worker, without its talk to other workers, which would cost each start a second.
CELERY = ("worker", "--pool=threads", "--concurrency=6", "--loglevel=WARNING")
ALONE = ("--without-mingle", "--without-gossip", "--without-heartbeat")


class Fate:
    """Counts how often a moment comes, and ends the process at the appointed one."""

    def __init__(self, text: str, journal: Journal) -> None:
        moment, _, count = text.rpartition(" ")
        self.moment = Moment(moment) if moment else None
        self.left = int(count or 0)
        self.journal = journal
        self.lock = threading.Lock()

    def meet(self, moment: Moment) -> None:
        if moment is not self.moment:
            return
        with self.lock:  # kept to the end: no other thread may come so far
            self.left -= 1
            if self.left == 0:
                self.journal.write("died", moment=moment)
                os.kill(os.getpid(), signal.SIGKILL)


def trap(owner: Any, name: str, *, before: Callable[..., None], after: Callable[..., None]) -> None:
    """Have `before` and `after` called, with the same arguments, around a function."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def trapped(*args: Any, **kwargs: Any) -> Any:
        before(*args, **kwargs)
        result = original(*args, **kwargs)
        after(*args, **kwargs)
        return result

    setattr(owner, name, trapped)


def nothing(*_: Any, **__: Any) -> None:
    pass


def set_traps(fate: Fate) -> None:
    trap_submission(fate)
    trap_download(fate)
    trap_rows(fate)


def trap_submission(fate: Fate) -> None:
    from playground.providers.mindvideo import MindVideo  # noqa: PLC0415 - after django.setup()

    trap(
        MindVideo,
        "submit",
        before=lambda *_, **__: fate.meet(Moment.BEFORE_SUBMIT),
        after=lambda *_, **__: fate.meet(Moment.CHARGED),
    )


def trap_download(fate: Fate) -> None:
    """Between two chunks, when it is shown, and between two files that are made of it."""
    from django.core.files.storage import Storage  # noqa: PLC0415 - see trap_submission

    from playground.providers.fetch import OpenFile  # noqa: PLC0415
    from playground.runs.files import outputs  # noqa: PLC0415

    chunks = OpenFile.chunks
    fetched = threading.local()

    def trapped(file: OpenFile) -> Iterator[bytes]:
        for chunk in chunks(file):
            yield chunk
            fate.meet(Moment.MID_DOWNLOAD)

    def begin(*_: Any) -> None:
        fetched.files = 0

    def saved(*_: Any, **__: Any) -> None:
        fetched.files = getattr(fetched, "files", 0) + 1
        fate.meet(Moment.BETWEEN_FILES if fetched.files == 1 else Moment.FILES_KEPT)

    setattr(OpenFile, "chunks", trapped)  # noqa: B010 - a checker would want its very signature
    trap(outputs, "show", before=nothing, after=lambda *_: fate.meet(Moment.SHOWN))
    trap(outputs, "store", before=begin, after=nothing)
    trap(Storage, "save", before=nothing, after=saved)


def trap_rows(fate: Fate) -> None:
    from playground.runs.models import Run, Status  # noqa: PLC0415 - see trap_submission

    def before_move(_run: Run, status: Status, **_: Any) -> None:
        if status == Status.SUCCEEDED:
            fate.meet(Moment.BEFORE_SUCCEEDED)

    def after_move(_run: Run, status: Status, **_: Any) -> None:
        if status in {Status.QUEUED, Status.PROCESSING}:
            fate.meet(Moment.TICKET_SAVED)

    trap(Run, "move_to", before=before_move, after=after_move)
    trap(Run, "release", before=lambda *_, **__: fate.meet(Moment.BEFORE_RELEASE), after=nothing)


def keep_journal(journal: Journal) -> None:
    """Write down each claim after it was made, and its end before it is given back.

    What a clock hands over is claimed by the worker that takes it over.
    """
    from playground.runs.models import Claim, Run, RunQuerySet  # noqa: PLC0415
    from playground.runs.worker import leases  # noqa: PLC0415 - see trap_submission

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

    setattr(RunQuerySet, "_claim", claim)  # noqa: B010 - see trap_download
    leases.renew = renewed
    trap(
        Run,
        "release",
        before=lambda run, *_, **__: journal.write("released", lease=str(run.lease_id)),
        after=nothing,
    )


def set_clock(seconds: float, journal: Journal) -> None:
    """Let this process believe that it is so much later; its database knows better."""
    from django.utils import timezone  # noqa: PLC0415 - see trap_submission

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


def work(fate: str, journal: Journal) -> None:
    """Be a worker from here on."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    if fate == CLEAN_UP:
        clean_up()
        return
    if fate == BROKER_CLOCK:
        execute_from_command_line(["manage.py", "clock"])
        return
    if fate.startswith(CLOCK):
        set_clock(float(fate.removeprefix(CLOCK)), journal)
    else:
        set_traps(Fate(fate, journal))
    if os.environ.get("BROKER_URL"):
        run_celery()
    else:
        execute_from_command_line(["manage.py", "work"])


def run_celery() -> None:
    from playground.celery import app  # noqa: PLC0415 - only where there is a broker

    app.worker_main([*CELERY, *ALONE, f"--hostname=worker{os.getpid()}@chaos"])


def tell_deaths(*_: Any) -> None:
    """Say which children have ended, however many a signal stands for."""
    with contextlib.suppress(ChildProcessError):
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
            children.discard(pid)
            os.write(1, f"dead {pid}\n".encode())


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "playground.settings")
    django.setup()
    from django.db import connections  # noqa: PLC0415 - after django.setup()

    from playground.runs.management.commands import work as command  # noqa: F401, PLC0415

    if os.environ.get("BROKER_URL"):  # loaded once, before the first worker is forked
        from celery.apps import worker as celery_s  # noqa: F401, PLC0415

        from playground.runs.management.commands import clock  # noqa: F401, PLC0415
        from playground.runs.worker import deliveries  # noqa: F401, PLC0415

    journal = Journal(Path(os.environ["CHAOS_JOURNAL"]))
    keep_journal(journal)
    signal.signal(signal.SIGCHLD, tell_deaths)
    for line in sys.stdin:
        connections.close_all()  # they must not be carried into a fork
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})  # told once its birth is
        pid = os.fork()
        if pid == 0:
            work(line.strip(), journal)
            os._exit(0)
        children.add(pid)
        os.write(1, f"born {pid}\n".encode())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for pid in children:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
