"""Whatever is killed, at whatever moment: charged once, never lost, stored whole.

CHAOS_RUNS and CHAOS_SEED set another size and another course of events, ENGINE=celery has Celery's
workers and a broker instead of the worker's threads: `make chaos`.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.chaos.moments import Moment
from tests.chaos.program import Program
from tests.chaos.reckoning import count_pending, reckon, wait_for_copies
from tests.chaos.storm import LONG_COURSE, Plan, Storm, deaths_in, make_plan
from tests.databases import SCHEMES
from tests.postgres import PostgresServer
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess

RUNS = int(os.environ.get("CHAOS_RUNS", "24"))
CELERY_RUNS = int(os.environ.get("CHAOS_RUNS", "8"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
ENGINE = os.environ.get("ENGINE", "")  # "threads", "celery", or "" for both
LEASE_SECONDS = 2
# The moments of a short course of Celery; those of a long one are all.
SOME_MOMENTS = (Moment.CHARGED, Moment.FILES_KEPT)


@pytest.fixture
def postgres_url(new_database: Callable[[], str]) -> Iterator[str]:
    """Make a database on the PostgreSQL of these tests; start one where they run on SQLite."""
    if os.environ.get("DATABASE_URL", "").startswith(SCHEMES):
        yield new_database()
        return
    with PostgresServer() as server:
        yield server.url


@pytest.fixture(
    params=[
        pytest.param("SQLite", marks=pytest.mark.only_on("sqlite")),
        pytest.param("PostgreSQL", marks=pytest.mark.only_on("postgresql")),
    ]
)
def database_url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "SQLite" else str(request.getfixturevalue("postgres_url"))


@pytest.mark.skipif(ENGINE == "celery", reason="make chaos ENGINE=celery is about Celery alone")
@pytest.mark.timeout(300 + 5 * RUNS)
def test_after_random_kills_every_paid_picture_is_stored_and_paid_once(
    database_url: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    plan = make_plan(
        SEED, runs=RUNS, workers=2, lease_seconds=LEASE_SECONDS, with_clocks=bool(database_url)
    )
    died = follow(plan, tmp_path, django_db_blocker, database_url=database_url)
    assert died == set(Moment)


@pytest.mark.skipif(ENGINE == "threads", reason="make chaos ENGINE=threads is about these alone")
@pytest.mark.only_on("postgresql")
@pytest.mark.timeout(300 + 5 * CELERY_RUNS)
def test_after_kills_of_celery_its_clock_and_broker_pictures_are_paid_once(
    postgres_url: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    is_long = CELERY_RUNS >= LONG_COURSE
    moments = tuple(Moment) if is_long else SOME_MOMENTS
    plan = make_plan(
        SEED,
        runs=CELERY_RUNS,
        workers=2,
        lease_seconds=LEASE_SECONDS,
        with_clocks=is_long,
        moments=moments,
        strikes_of_course=(*Storm.STRIKES, *Storm.BROKER_STRIKES)
        if is_long
        else Storm.SOME_BROKER_STRIKES,
    )
    with RedisServer() as broker:
        died = follow(plan, tmp_path, django_db_blocker, database_url=postgres_url, broker=broker)
    assert died == set(moments)


def follow(
    plan: Plan,
    folder: Path,
    blocker: DjangoDbBlocker,
    *,
    database_url: str,
    broker: RedisServer | None = None,
) -> set[str]:
    """Carry a plan out and check what came of it; return the moments at which workers died."""
    with (
        SandboxProcess(seconds=0.3) as service,
        Program(
            folder,
            service,
            database_url=database_url,
            lease_seconds=LEASE_SECONDS,
            broker_url=broker.url if broker else "",
        ) as program,
    ):
        service.small_pictures(1024)  # several chunks each
        storm = Storm(plan=plan, program=program, service=service, broker=broker)
        storm.rage()
        with blocker.unblock():
            wait_for_copies(storm)
            pending = count_pending(storm)
            left = storm.clean_up()
            found = reckon(storm)
            faults = found.faults()
        died = deaths_in(storm)
    print(  # noqa: T201 - `make chaos` shows it
        f"\nseed {plan.seed}: {len(storm.pressed)} runs, workers died {died.total()} times at "
        f"named moments, {dict(storm.struck)} was struck, {len(left)} temporary files "
        f"and {pending} pending ones were left\n{found.count()}; {len(faults)} faults"
    )
    assert not faults, "\n".join(faults)
    return {str(moment) for moment in died}
