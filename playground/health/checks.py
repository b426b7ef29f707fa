"""Quick checks of everything that a run needs."""

import logging
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from playground import broker, database_clock
from playground.health.findings import CachedCheck, CheckResult, Level
from playground.health.storage_checks import check_static_files, check_storage, soften
from playground.runs.models import Run, Worker
from playground.teams.encryption import UndecryptableError
from playground.teams.key_advice import MissingKey, explain_missing_key
from playground.teams.models import ApiKey

logger = logging.getLogger(__name__)

OVERDUE = timedelta(minutes=1)
CLOCK_TOLERANCE = timedelta(seconds=5)


def examine(*, serves_pages: bool = False) -> tuple[CheckResult, ...]:
    """Run all quick checks: seven queries, and now and then a small file, or the broker.

    Without a database the checks that need it are left out.

    serves_pages  whether this process serves pages; else missing static files are a warning
    """
    static = check_static_files()
    storage = (static if serves_pages else soften(static), check_storage())
    engine = (check_broker(),) if settings.BROKER_URL else ()
    try:
        ours, theirs = timezone.now(), database_clock.read()
        database = check_tables()
        if database.level == Level.WRONG:
            return database, *storage, *engine
        workers = tuple(Worker.objects.all())
        return (
            database,
            *storage,
            *engine,
            check_workers(workers, theirs),
            check_keys(),
            check_clocks(ours, theirs, workers),
        )
    except Error as error:
        return without_database(error), *storage, *engine


def without_database(error: Error) -> CheckResult:
    place = settings.DATABASES["default"]["NAME"]
    is_file = connection.vendor == "sqlite"
    return CheckResult(
        name="database",
        level=Level.WRONG,
        message="The database does not answer.",
        advice=f"See that {place} can be read and written, with room left on its disk."
        if is_file
        else "See that its server runs, and that DATABASE_URL leads there.",
        detail=str(error).strip(),
    )


@CachedCheck
def check_tables() -> CheckResult:
    """Compare the migrations of the database with those of this version, in both directions."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        return CheckResult(
            name="database",
            level=Level.WRONG,
            message="The database is not up to date with this version of the program.",
            advice="Run: python manage.py release",
            detail=step_names([(step.app_label, step.name) for step, _ in missing]),
        )
    ours = {app.label for app in apps.get_app_configs()}
    known = executor.loader.disk_migrations
    newer = [step for step in executor.loader.applied_migrations if step not in known]
    if newer := sorted(step for step in newer if step[0] in ours):
        return CheckResult(
            name="database",
            level=Level.WARNING,
            message="The database is newer than this version of the program, which goes on.",
            advice="Start the newer version here too: it keeps this one working for a while only.",
            detail=step_names(newer),
        )
    return CheckResult(name="database", message="It answers, and is up to date.")


def step_names(steps: list[tuple[str, str]]) -> str:
    more = f" and {len(steps) - 3} more" if len(steps) > 3 else ""  # noqa: PLR2004 - enough to know which
    return ", ".join(".".join(step) for step in steps[:3]) + more


def check_workers(workers: tuple[Worker, ...], now: datetime) -> CheckResult:
    """Check which workers are alive; `now` and heartbeats use the database's clock."""
    alive_since = now - Worker.SILENCE
    alive = [worker for worker in workers if worker.seen_at > alive_since]
    names = sorted(worker.name for worker in alive if not worker.is_clock)
    if not names:
        return CheckResult(
            name="worker",
            level=Level.WRONG,
            message="No worker is running, so no run moves.",
            advice=f"Start one: {describe_start()}. Where make demo or "
            f"make serve keeps one, {settings.DATA_DIR / 'logs' / 'worker.log'} says why it ends.",
        )
    if settings.BROKER_URL and not any(worker.is_clock for worker in alive):
        return CheckResult(
            name="worker",
            level=Level.WRONG,
            message="No clock is running, so no run moves.",
            advice="Start one: python manage.py clock (in Procfile.celery: clock).",
        )
    due_at = Run.objects.due_since()
    late = now - due_at if due_at else timedelta()
    if late > OVERDUE:
        return CheckResult(
            name="worker",
            level=Level.WARNING,
            message=f"A worker is running, but a run is overdue by {late.total_seconds():.0f} s.",
            advice="Read the worker's log; start another worker when it has too much to do.",
        )
    running = "1 is" if len(names) == 1 else f"{len(names)} are"
    return CheckResult(name="worker", message=f"{running} running: {', '.join(names)}.")


def describe_start() -> str:
    if settings.BROKER_URL:
        return "celery -A playground worker (in Procfile.celery: worker)"
    return "python manage.py work (in the Procfile: worker)"


@CachedCheck
def check_broker() -> CheckResult:
    fault = broker.find_fault()
    if not fault:
        return CheckResult(name="broker", message=f"It answers: {broker.address()}.")
    return CheckResult(
        name="broker",
        level=Level.WRONG,
        message="The broker does not answer, so no run moves until it is back.",
        advice=f"See that its server runs, and that BROKER_URL leads there: {broker.address()}.",
        detail=fault,
    )


def check_keys() -> CheckResult:
    """Report on the keys that pay new runs, without asking the provider."""
    try:
        keys = ApiKey.objects.usable().order_by("current_since")
        current = {(key.workspace_id, key.provider): key for key in keys}.values()
    except UndecryptableError:
        return unopened("A stored API key")
    refused = [key for key in current if key.refused_at]
    if not current:
        return CheckResult(
            name="provider key",
            level=Level.WARNING,
            message=describe_missing_key(),
        )
    if refused:
        since = min(key.refused_at for key in refused if key.refused_at)
        return CheckResult(
            name="provider key",
            level=Level.WARNING,
            message=f"The service refuses a stored API key since {since:%Y-%m-%d %H:%M} UTC.",
        )
    return CheckResult(name="provider key", message="One is stored.")


def describe_missing_key() -> str:
    """Return why no workspace has a usable key, without names."""
    advice = explain_missing_key()
    return (advice.missing if advice else MissingKey.NONE).words


def unopened(what: str) -> CheckResult:
    return CheckResult(
        name="provider key",
        level=Level.WRONG,
        message=f"{what} cannot be opened with the present ENCRYPTION_KEYS.",
        advice="Add the key that encrypted it to ENCRYPTION_KEYS; where that is not set, set "
        "SECRET_KEY to what it was when the key was stored.",
    )


def check_clocks(ours: datetime, database: datetime, workers: tuple[Worker, ...]) -> CheckResult:
    """Compare the clocks of this process and of the workers with the database's."""
    newest = max((worker.seen_at for worker in workers), default=database)
    apart = [("the database", database - ours), ("a worker", max(newest - database, timedelta()))]
    alive = [worker for worker in workers if worker.seen_at > database - Worker.SILENCE]
    # The offset has the opposite sign: the database's clock less the worker's.
    apart += [("a worker", timedelta(seconds=-worker.clock_offset_seconds)) for worker in alive]
    other, offset = max(apart, key=lambda each: abs(each[1]))
    if abs(offset) <= CLOCK_TOLERANCE:
        return CheckResult(name="clock", message="All clocks agree.")
    return clocks_apart(other, offset, Level.WRONG if abs(offset) > settings.LEASE else None)


def clocks_apart(other: str, offset: timedelta, level: Level | None = None) -> CheckResult:
    seconds = f"{abs(offset.total_seconds()):.0f} s"
    direction = "ahead of" if offset > timedelta() else "behind"
    return CheckResult(
        name="clock",
        level=level or Level.WARNING,
        message=f"The clock of {other} is {seconds} {direction} ours.",
        advice="Have the clocks of all machines set over the network (NTP): who holds which run, "
        "and when one is due, is told by them.",
    )
