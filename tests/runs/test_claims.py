"""Workers claim due runs in batches: each run once, by an index, workspaces in turn."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.catalog.models import ModelSpec
from playground.providers import registry
from playground.runs.models import QUEUES, Run, RunQuerySet
from playground.runs.models.queues import Claim, last_in_turn
from playground.runs.worker import leases, steps
from playground.teams.models import ApiKey, Workspace
from tests.tables import sample

ENDED = timezone.now()
STATES: dict[str, dict[str, Any]] = {
    "default": {"status": "processing", "task_id": "task"},
    "files": {"status": "succeeded", "task_id": "task", "finished_at": ENDED},
    "history": {
        "status": "succeeded", "task_id": "task", "finished_at": ENDED, "stored_at": ENDED,
    },
}  # fmt: skip

type MakeRuns = Callable[..., list[Run]]


@pytest.fixture
def make_runs(db: None, ana: User, seedream: ModelSpec) -> MakeRuns:
    """Make runs of a workspace that are due; the first one is overdue the longest."""

    def make_runs(
        workspace: Workspace, count: int, queue: str = "default", late: int = 0
    ) -> list[Run]:
        key = ApiKey.objects.filter(workspace=workspace).first() or ApiKey.objects.store(
            workspace, registry.MINDVIDEO.slug, "mv_live_of_claims"
        )
        since = timezone.now() - timedelta(seconds=late + count)
        return Run.objects.bulk_create(
            Run(
                workspace=workspace, author=ana, spec=seedream, api_key=key, inputs={},
                next_check_at=since + timedelta(seconds=number), **STATES[queue],
            )
            for number in range(count)
        )  # fmt: skip

    return make_runs


def ids(claims: list[Claim]) -> set[uuid.UUID]:
    return {claim.run_id for claim in claims}


@pytest.mark.parametrize("queue", QUEUES)
def test_a_claim_takes_the_longest_due_runs_of_its_queue(
    make_runs: MakeRuns, workspace: Workspace, queue: str
) -> None:
    for other in QUEUES:
        made = make_runs(workspace, 5, other)
        if other == queue:
            wanted = {run.pk for run in made[:3]}
    claims = Run.objects.claim(queue, 3)
    assert ids(claims) == wanted
    assert len({claim.lease_id for claim in claims}) == 3
    assert len(Run.objects.claim(queue, 9)) == 2
    assert Run.objects.claim(queue, 9) == []


def test_each_due_state_of_a_run_belongs_to_one_queue(
    make_runs: MakeRuns, workspace: Workspace
) -> None:
    for queue in QUEUES:
        make_runs(workspace, 1, queue)
    for failed in make_runs(workspace, 2, "history"):
        failed.status, failed.stored_at = "failed", None
        failed.save()
    assert [Run.objects.filter(wanted).count() for wanted in QUEUES.values()] == [1, 1, 3]


def test_a_claim_of_a_dead_worker_is_due_again_when_its_lease_ends(run: Run) -> None:
    (first,) = Run.objects.claim("default", 5)
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    (second,) = Run.objects.claim("default", 5)
    assert Run.objects.leased(first.run_id, first.lease_id) is None
    assert Run.objects.leased(second.run_id, second.lease_id) == run


def test_claimed_runs_not_begun_are_released(make_runs: MakeRuns, workspace: Workspace) -> None:
    make_runs(workspace, 3)
    first, *others = Run.objects.claim("default", 3)
    Run.objects.give_back(others)
    Run.objects.give_back([])
    again = Run.objects.claim("default", 3)
    assert ids(again) == ids(others)
    assert first.run_id not in ids(again)


def test_a_release_leaves_later_claims_of_others(run: Run) -> None:
    late = Run.objects.claim("default", 1)
    Run.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert len(Run.objects.claim("default", 1)) == 1
    Run.objects.give_back(late)
    assert Run.objects.claim("default", 1) == []


def test_a_step_of_a_claimed_run_costs_two_queries(
    run: Run, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "choose_step", lambda _run: lambda _: None)
    (claim,) = Run.objects.claim("default", 1)
    with django_assert_num_queries(2):  # read the run, release the claim
        steps.run_claimed_step(claim.run_id, claim.lease_id)
    run.refresh_from_db()
    assert (run.next_check_at, run.lease_id) == (None, None)


def test_a_step_with_an_expired_claim_is_not_taken(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (claim,) = Run.objects.claim("default", 1)
    Run.objects.update(lease_id=uuid.uuid4())
    monkeypatch.setattr(steps, "choose_step", lambda _run: pytest.fail("it was taken"))
    assert steps.run_claimed_step(claim.run_id, claim.lease_id) is False


def test_runs_of_one_claim_are_read_at_once_and_each_step_costs_one_query(
    make_runs: MakeRuns,
    workspace: Workspace,
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_runs(workspace, 3)
    monkeypatch.setattr(steps, "choose_step", lambda _run: lambda _: None)
    claims = Run.objects.claim("default", 3)
    Run.objects.filter(pk=claims[0].run_id).update(lease_id=uuid.uuid4())  # its lease expired
    with django_assert_num_queries(1):
        runs = Run.objects.load_claimed(claims)
    assert set(runs) == {claim.lease_id for claim in claims[1:]}
    with django_assert_num_queries(1):
        steps.run_claimed_step(claims[1].run_id, claims[1].lease_id, runs[claims[1].lease_id])


def test_a_run_that_was_read_a_while_ago_is_read_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(leases, "now", lambda: now[0])
    for seconds, expected in ((0.0, run), (leases.FRESH_SECONDS, None)):
        (claim,) = Run.objects.claim("default", 1)
        leases.expect(claim, run)
        now[0] += seconds
        assert leases.begin(claim.lease_id) == expected
        Run.objects.give_back([claim])


# Several workers at once

# Writers of a SQLite file wait for each other; those of the tests' in-memory database do not.
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time"
)


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("in_turn", [False, True])
def test_concurrent_claims_share_the_due_runs(
    make_runs: MakeRuns,
    workspace: Workspace,
    in_turn: bool,  # noqa: FBT001
) -> None:
    make_runs(workspace, 60)
    found: list[Claim] = []
    together = threading.Barrier(4)

    def claim() -> None:
        together.wait(30)
        for _ in range(5):
            if in_turn:
                found.extend(Run.objects.claim_in_turn("default", 3, uuid.uuid4()))
            else:
                found.extend(Run.objects.claim("default", 3))
        connections.close_all()

    workers = [threading.Thread(target=claim) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert len(found) == len(ids(found)) == 60


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_claim_waits_for_no_other_worker(make_runs: MakeRuns, workspace: Workspace) -> None:
    make_runs(workspace, 4)
    claimed: list[Claim] = []

    def claim() -> None:
        claimed.extend(Run.objects.claim("default", 2))
        connections.close_all()

    with transaction.atomic():
        held = Run.objects.claim("default", 2)
        other = threading.Thread(target=claim)
        other.start()
        other.join(30)
        assert len(claimed) == 2
    assert not ids(claimed) & ids(held)


# Workspaces in turn


def test_runs_of_another_workspace_do_not_block_a_workspace(
    make_runs: MakeRuns, workspace: Workspace
) -> None:
    make_runs(workspace, 50, late=100)
    others = [Workspace.objects.create(name=f"Other {number}") for number in range(3)]
    late = {run.pk for other in others for run in make_runs(other, 1)}
    after, claimed = uuid.UUID(int=0), set()
    for _ in range(4):
        claims = Run.objects.claim_in_turn("default", 1, after)
        after = last_in_turn(claims, after)
        claimed |= ids(claims)
    assert late < claimed
    assert len(claimed) == 4


def test_with_few_workspaces_the_longest_due_runs_fill_the_claim(
    make_runs: MakeRuns, workspace: Workspace
) -> None:
    long_due = make_runs(workspace, 50, late=100)
    (late,) = make_runs(Workspace.objects.create(name="Other"), 1)
    claims = Run.objects.claim_in_turn("default", 6, uuid.uuid4())
    assert ids(claims) == {late.pk, *(run.pk for run in long_due[:5])}


def test_workspaces_are_claimed_in_turn(make_runs: MakeRuns, workspace: Workspace) -> None:
    workspace_ids = sorted([workspace.pk, *(Workspace.objects.create(name=n).pk for n in "abc")])
    for each in workspace_ids:
        make_runs(Workspace.objects.get(pk=each), 2)
    after, turns = workspace_ids[1], []
    for _ in range(4):
        claims = Run.objects.claim_in_turn("default", 1, after)
        after = last_in_turn(claims, after)
        turns.append(after)
    assert turns == [*workspace_ids[2:], *workspace_ids[:2]]


# By index


@contextmanager
def collect_query_plans() -> Iterator[list[str]]:
    """Collect the query plan of each statement on runs, with its real parameters."""
    found: list[str] = []
    words = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"

    def explain(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if "runs_run" in sql:
            cursor = context["connection"].connection.cursor()
            if connection.vendor == "sqlite":
                plan = cursor.execute(f"{words} {sql.replace('%s', '?')}", params).fetchall()
            else:
                plan = cursor.execute(f"{words} {sql}", params).fetchall()
            found.append("\n".join(str(line[-1]) for line in plan))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:  # otherwise a small table is read in full
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
        yield found


def is_full_scan(plan: str) -> bool:
    lines = plan.splitlines()
    return any("Seq Scan on runs_run" in line or line == "SCAN runs_run" for line in lines)


CLAIMS_BY_INDEX: dict[str, Callable[[RunQuerySet, str], object]] = {
    "run_due_": lambda runs, queue: runs.claim(queue, 10),
    "run_due_in_turn_": lambda runs, queue: runs.claim_in_turn(queue, 1, uuid.UUID(int=0)),
}


@pytest.mark.parametrize("index", sample(CLAIMS_BY_INDEX, 1))
@pytest.mark.parametrize("queue", QUEUES)
def test_a_claim_uses_the_index_of_its_queue(
    make_runs: MakeRuns, workspace: Workspace, queue: str, index: str
) -> None:
    for each in (workspace, *(Workspace.objects.create(name=f"Other {n}") for n in range(9))):
        make_runs(each, 100, queue)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the planner chooses by the number of rows
    with collect_query_plans() as found:
        CLAIMS_BY_INDEX[index](Run.objects.all(), queue)
    assert any(f"{index}{queue}" in plan for plan in found), found
    assert not any(map(is_full_scan, found)), found


def test_the_oldest_due_time_is_read_by_index(make_runs: MakeRuns, workspace: Workspace) -> None:
    for late, queue in enumerate(QUEUES):
        make_runs(workspace, 2, queue, late)
    oldest = Run.objects.order_by("next_check_at").values_list("next_check_at", flat=True)[0]
    with collect_query_plans() as found:
        assert Run.objects.due_since() == oldest
        Run.objects.look_now()
    assert not any(map(is_full_scan, found)), found
    Run.objects.update(next_check_at=None)
    assert Run.objects.due_since() is None
