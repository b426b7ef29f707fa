"""Processes are killed at any moment: each run is charged once, not lost, and stored completely.

`make chaos` sets CHAOS_RUNS, the number of runs, CHAOS_SEED, the seed of the plan, and ENGINE:
celery is for Celery workers and a broker instead of the worker's threads.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.chaos.execution import LONG_PLAN, Plan, PlanExecution, count_crashes, make_plan
from tests.chaos.invariants import count_pending, read_results, wait_for_copies
from tests.chaos.moments import Moment
from tests.chaos.program import Program
from tests.databases import SCHEMES
from tests.postgres import PostgresServer
from tests.redis_server import RedisServer
from tests.sandbox_process import SandboxProcess

RUNS = int(os.environ.get("CHAOS_RUNS", "24"))
POSTGRES_RUNS = int(os.environ.get("CHAOS_RUNS", "12"))
CELERY_RUNS = int(os.environ.get("CHAOS_RUNS", "8"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
ENGINE = os.environ.get("ENGINE", "")  # "threads", "celery", or "" for both
LEASE_SECONDS = 2
# The moments of the short plans on PostgreSQL; that on SQLite and the long ones have all.
SHORT_MOMENTS = (Moment.CHARGED, Moment.FILES_KEPT)


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


@pytest.mark.skipif(ENGINE == "celery", reason="ENGINE=celery tests only Celery")
@pytest.mark.timeout(300 + 5 * RUNS)
def test_after_random_kills_every_paid_picture_is_stored_and_paid_once(
    database_url: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    is_postgres = bool(database_url)
    runs = POSTGRES_RUNS if is_postgres else RUNS
    moments = SHORT_MOMENTS if is_postgres and runs < LONG_PLAN else tuple(Moment)
    plan = make_plan(
        SEED,
        runs=runs,
        workers=2,
        lease_seconds=LEASE_SECONDS,
        with_clocks=is_postgres,
        moments=moments,
    )
    crashes = execute_plan(plan, tmp_path, django_db_blocker, database_url=database_url)
    assert crashes == set(moments)


@pytest.mark.skipif(ENGINE == "threads", reason="ENGINE=threads tests only threads")
@pytest.mark.only_on("postgresql")
@pytest.mark.timeout(300 + 5 * CELERY_RUNS)
def test_after_kills_of_celery_its_clock_and_broker_pictures_are_paid_once(
    postgres_url: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    is_long = CELERY_RUNS >= LONG_PLAN
    moments = tuple(Moment) if is_long else SHORT_MOMENTS
    plan = make_plan(
        SEED,
        runs=CELERY_RUNS,
        workers=2,
        lease_seconds=LEASE_SECONDS,
        with_clocks=is_long,
        moments=moments,
        chosen_attacks=(*PlanExecution.ATTACKS, *PlanExecution.BROKER_ATTACKS)
        if is_long
        else PlanExecution.SHORT_BROKER_ATTACKS,
    )
    with RedisServer() as broker:
        crashes = execute_plan(
            plan, tmp_path, django_db_blocker, database_url=postgres_url, broker=broker
        )
    assert crashes == set(moments)


def execute_plan(
    plan: Plan,
    folder: Path,
    blocker: DjangoDbBlocker,
    *,
    database_url: str,
    broker: RedisServer | None = None,
) -> set[str]:
    """Execute a plan and check the invariants; return the moments at which workers crashed."""
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
        service.small_pictures(1024)  # large enough for several chunks
        execution = PlanExecution(plan=plan, program=program, service=service, broker=broker)
        execution.execute()
        with blocker.unblock():
            wait_for_copies(execution)
            pending = count_pending(execution)
            left = execution.clean_up()
            results = read_results(execution)
            violations = results.violations()
        crashes = count_crashes(execution)
    print(  # noqa: T201 - `make chaos` shows it
        f"\nseed {plan.seed}: {len(execution.shown_runs)} runs, {crashes.total()} crashes at named "
        f"moments, faults: {dict(execution.attacked)}, {len(left)} temporary files and "
        f"{pending} pending files left\n{results.summarise()}; {len(violations)} violations"
    )
    assert not violations, "\n".join(violations)
    return {str(moment) for moment in crashes}
