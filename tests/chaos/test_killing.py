"""Whatever is killed, at whatever moment: charged once, never lost, stored whole.

CHAOS_RUNS and CHAOS_SEED set another size and another course of events: `make chaos`.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.chaos.moments import Moment
from tests.chaos.program import Program
from tests.chaos.reckoning import count_pending, reckon, wait_for_copies
from tests.chaos.storm import Storm, deaths_in, make_plan
from tests.postgres import PostgresServer
from tests.sandbox_process import SandboxProcess

RUNS = int(os.environ.get("CHAOS_RUNS", "24"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
LEASE_SECONDS = 2


@pytest.fixture(
    params=[
        pytest.param("SQLite", marks=pytest.mark.only_on("sqlite")),
        pytest.param("PostgreSQL", marks=pytest.mark.only_on("postgresql")),
    ]
)
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with ExitStack() as stack:
        is_sqlite = request.param == "SQLite"
        yield "" if is_sqlite else stack.enter_context(PostgresServer()).url


@pytest.mark.timeout(300 + 5 * RUNS)
def test_every_paid_picture_is_kept_and_none_is_paid_twice(
    database_url: str, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    plan = make_plan(
        SEED, runs=RUNS, workers=2, lease_seconds=LEASE_SECONDS, with_clocks=bool(database_url)
    )
    with (
        SandboxProcess(seconds=0.3) as service,
        Program(
            tmp_path, service, database_url=database_url, lease_seconds=LEASE_SECONDS
        ) as program,
    ):
        service.small_pictures(1024)  # several chunks each
        storm = Storm(plan=plan, program=program, service=service)
        storm.rage()
        with django_db_blocker.unblock():
            wait_for_copies(storm)
            pending = count_pending(storm)
            left = storm.clean_up()
            faults = reckon(storm).faults()
        died = deaths_in(storm)
    print(  # noqa: T201 - `make chaos` shows it
        f"\nseed {SEED}: {len(storm.pressed)} runs, workers died {died.total()} times at named "
        f"moments, {dict(storm.struck)} was struck, {len(left)} temporary files "
        f"and {pending} pending ones were left"
    )
    assert set(died) == set(Moment)
    assert not faults, "\n".join(faults)
