"""After a 429, all runs of a key wait together, and come back one after the other."""

import itertools
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from playground import database_clock
from playground.runs.models import Run
from playground.runs.worker import rate_limits, steps
from playground.teams.models import ApiKey
from tests.sandbox_process import SandboxProcess


class Time:
    """The database's time, which goes on only when told to."""

    def __init__(self) -> None:
        self.now = timezone.now()

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Time:
    clock = Time()
    monkeypatch.setattr(database_clock, "now", lambda: clock.now)
    return clock


def reload(run: Run) -> Run:
    return Run.objects.select_related("api_key").get(pk=run.pk)


def another(run: Run) -> Run:
    names = ("workspace", "author", "spec", "api_key", "inputs")
    return Run.objects.create(**{name: getattr(run, name) for name in names})


def ask(run: Run) -> datetime | None:
    """Want to ask the service; what comes of it is written down as a step does it."""
    run = reload(run)
    slot = rate_limits.find_slot(run)
    Run.objects.filter(pk=run.pk).update(slot_at=slot)
    return slot


def test_a_429_for_one_run_keeps_all_others_of_its_key_from_asking(
    run: Run, sandbox: SandboxProcess
) -> None:
    others = [another(run) for _ in range(5)]
    sandbox.fault("submit", "throttled", retry_after="seconds", seconds=30)
    for each in (run, *others):
        steps.run_due_step(each.pk)
    assert len(sandbox.ledger()["requests"]) == 1
    for other in others:
        other.refresh_from_db()
        assert other.problem == "throttled"
        assert (other.attempts, other.sent_at, other.lease_id) == (0, None, None)
        assert other.next_check_at
        assert 25 < (other.next_check_at - timezone.now()).total_seconds() < 35


def test_a_key_of_its_own_goes_on(run: Run, clock: Time) -> None:
    rate_limits.pause(run.api_key, 30)
    other = another(run)
    other.api_key = ApiKey.objects.store(run.workspace, run.api_key.provider, "mv_live_another")
    other.save()
    assert ask(other) is None
    assert ask(run) is not None


def test_after_the_pause_they_come_one_after_the_other_ever_faster(run: Run, clock: Time) -> None:
    waiting = [another(run) for _ in range(400)]
    rate_limits.pause(run.api_key, 30)
    over = clock.now + timedelta(seconds=30)
    slots = [ask(each) for each in waiting]
    seconds = [(slot - over).total_seconds() for slot in slots if slot]
    assert len(seconds) == 400
    assert seconds[:3] == [0.0, 0.5, pytest.approx(0.98, abs=0.02)]
    gaps = [later - earlier for earlier, later in itertools.pairwise(seconds)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-1] >= rate_limits.SHORTEST_SLOT_SECONDS * 0.99


def test_a_run_whose_slot_has_come_asks_and_needs_another_for_its_next_step(
    run: Run, clock: Time
) -> None:
    rate_limits.pause(run.api_key, 30)
    first, second = ask(run), ask(another(run))
    assert first
    assert second
    clock.now = first
    assert rate_limits.find_slot(reload(run)) is None
    run.release(timezone.now())
    assert ask(run)


def test_a_slot_from_before_another_pause_is_good_no_more(run: Run, clock: Time) -> None:
    rate_limits.pause(run.api_key, 30)
    slot = ask(run)
    assert slot
    clock.now = slot
    rate_limits.pause(run.api_key, 10)
    again = ask(run)
    assert again
    assert (again - clock.now).total_seconds() == 10


def test_429s_of_requests_that_were_under_way_together_are_one(run: Run, clock: Time) -> None:
    for seconds in (30, 31, 29):
        rate_limits.pause(run.api_key, seconds)
    key = ApiKey.objects.get()
    assert key.slot_seconds == rate_limits.FIRST_SLOT_SECONDS
    assert key.paused_until == clock.now + timedelta(seconds=31)


def test_another_429_soon_after_makes_slots_longer_and_peace_makes_them_short_again(
    run: Run, clock: Time
) -> None:
    rate_limits.pause(run.api_key, 1)
    lengths = []
    for _ in range(6):
        clock.pass_by(5)
        rate_limits.pause(run.api_key, 1)
        lengths.append(ApiKey.objects.get().slot_seconds)
    assert lengths == [1, 2, 4, 8, 8, 8]
    clock.pass_by(600)
    assert ask(run) is None
    rate_limits.pause(run.api_key, 1)
    assert ApiKey.objects.get().slot_seconds == rate_limits.FIRST_SLOT_SECONDS


def test_no_slot_is_further_away_than_a_service_may_ask_for(run: Run, clock: Time) -> None:
    rate_limits.pause(run.api_key, 30)
    ApiKey.objects.update(next_slot_at=clock.now + timedelta(hours=9))
    slot = ask(run)
    assert slot
    assert slot - clock.now <= rate_limits.FURTHEST


def test_a_finished_run_fetches_its_files_during_a_pause(run: Run, sandbox: SandboxProcess) -> None:
    while run.status != "succeeded":
        Run.objects.update(next_check_at=timezone.now())
        steps.run_due_step(run.pk)
        run.refresh_from_db()
    rate_limits.pause(run.api_key, 30)
    Run.objects.update(next_check_at=timezone.now())
    steps.run_due_step(run.pk)
    assert run.outputs.get().stored_at


def test_what_a_run_is_troubled_by_is_not_hidden_by_a_pause(
    run: Run, sandbox: SandboxProcess
) -> None:
    sandbox.fault("submit", "server_error")
    steps.run_due_step(run.pk)
    rate_limits.pause(run.api_key, 30)
    Run.objects.update(next_check_at=timezone.now())
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    assert run.problem == "unavailable"
