"""How often a task is polled: few times, with or without history, and soon after its end."""

import statistics
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.models import Run, Status
from playground.runs.worker import poll_intervals, steps
from playground.runs.worker.poll_intervals import Durations
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

HOUR = 3600.0
MOST_POLLS = 10  # polls of a task that takes as long as earlier ones


def check_times(took: float, known: Durations | None) -> list[float]:
    """Return when a task of `took` seconds is polled; the last poll notices its end."""
    times: list[float] = []
    elapsed = 0.05
    while elapsed < took or not times:
        elapsed += poll_intervals.seconds_to_next_check(elapsed, known)
        times.append(elapsed)
    return times


@st.composite
def histories(draw: st.DrawFn) -> Durations:
    low, median, high = sorted(draw(st.floats(0.5, HOUR / 2)) for _ in range(3))
    return Durations(fastest=low, low=low, median=median, high=high)


def statistics_of(seconds: list[float]) -> Durations:
    """Return the statistics of past runs that took these seconds."""
    ordered = sorted(seconds)
    tenth = len(ordered) // 10
    return Durations(
        fastest=ordered[0],
        low=ordered[tenth],
        median=statistics.median(ordered),
        high=ordered[-1 - tenth],
        checks=poll_intervals.spread_checks(ordered),
    )


def durations_between(first: float, last: float) -> list[float]:
    """Return twenty evenly spread durations."""
    return [first + (last - first) * number / 19 for number in range(20)]


@given(st.floats(0.5, HOUR / 2), st.floats(1, 2), st.floats(0, 1))
def test_a_typical_task_is_polled_at_most_ten_times(
    first: float, factor: float, fraction: float
) -> None:
    last = first * factor
    times = check_times(
        first + (last - first) * fraction, statistics_of(durations_between(first, last))
    )
    assert len(times) <= MOST_POLLS


@given(histories(), st.floats(0.5, HOUR))
def test_the_end_is_noticed_within_a_fraction_of_the_usual_duration(
    known: Durations, took: float
) -> None:
    delay = check_times(took, known)[-1] - took
    early = known.low * 0.9 - took
    assert delay <= max(poll_intervals.FASTEST_SECONDS, early, 0.25 * took) + 0.01


@given(st.floats(0.1, 40))
def test_without_history_a_task_is_polled_at_most_eighteen_times(took: float) -> None:
    times = check_times(took, None)
    assert len(times) <= 18
    limit = max(poll_intervals.UNKNOWN_FIRST_SECONDS, min(took * 0.52, 3.2))
    assert times[-1] - took <= limit + 0.01


def test_without_history_a_task_of_six_seconds_is_polled_six_times() -> None:
    assert len(check_times(6.0, None)) == 6


@pytest.mark.parametrize(
    ("first", "last", "checks", "mean_delay", "most_delay"),
    [(2.55, 3.45, 7, 0.13, 0.35), (20, 40, MOST_POLLS, 1.3, 2.7)],
)
def test_polls_are_placed_where_earlier_runs_ended(
    first: float, last: float, checks: int, mean_delay: float, most_delay: float
) -> None:
    known = statistics_of(durations_between(first, last))
    took = [first + (last - first) * number / 200 for number in range(201)]
    checked = [check_times(each, known) for each in took]
    delays = [times[-1] - each for times, each in zip(checked, took, strict=True)]
    assert max(map(len, checked)) <= checks
    assert statistics.mean(delays) < mean_delay
    assert max(delays) < most_delay


def test_a_gap_between_earlier_ends_is_polled_too() -> None:
    known = statistics_of([5.0] * 10 + [60.0] * 10)
    for took in range(6, 60):
        assert check_times(took, known)[-1] - took <= 0.13 * took + 0.01


def test_the_end_of_a_task_of_three_seconds_is_noticed_at_once() -> None:
    known = Durations(fastest=3.0, low=3.0, median=3.1, high=3.2)
    assert check_times(3.0, known)[-1] - 3.0 <= poll_intervals.FASTEST_SECONDS


def test_an_endless_task_is_finally_polled_every_five_minutes() -> None:
    known = Durations(fastest=20, low=20, median=30, high=40)
    assert len(check_times(HOUR, known)) <= 50
    assert poll_intervals.seconds_to_next_check(HOUR, known) == 300
    assert poll_intervals.seconds_to_next_check(24 * HOUR, None) == 300


def copy_run(run: Run) -> Run:
    """Return another run of the same model and key."""
    facts = {name: getattr(run, name) for name in ("workspace", "author", "spec", "api_key")}
    return Run.objects.create(inputs=run.inputs, **facts)


def make_finished(run: Run, seconds: float) -> None:
    """Mark a run as finished after `seconds`."""
    now = timezone.now()
    Run.objects.filter(pk=run.pk).update(
        status=Status.SUCCEEDED, task_id="t", took_seconds=seconds, finished_at=now
    )


def test_the_first_poll_is_before_the_fastest_earlier_end(run: Run) -> None:
    make_finished(run, 100)
    run.accepted_at = timezone.now()
    assert poll_intervals.next_check(run).total_seconds() == pytest.approx(90, abs=1)


def test_the_wait_is_counted_from_acceptance_by_the_provider(run: Run) -> None:
    make_finished(run, 100)
    run.accepted_at = timezone.now()
    run.sent_at = run.accepted_at - timedelta(hours=7)  # its response was lost
    assert poll_intervals.next_check(run).total_seconds() == pytest.approx(90, abs=1)


@given(histories())
def test_the_first_poll_is_never_far_beyond_the_fastest_end(known: Durations) -> None:
    assert poll_intervals.seconds_to_next_check(0, known) <= max(30, 3 * known.fastest)


# Which ends count as durations


NOTICED_ENDS = [
    # seconds since acceptance and since the previous poll, and whether the end counts
    (3.0, 0.3, True), (3.0, 1.9, True), (100.0, 30.0, True), (100.0, 60.0, False),
    (100.0, 100.0, False), (8 * HOUR, 8 * HOUR, False), (1.5, None, True), (100.0, None, False),
]  # fmt: skip


@pytest.mark.parametrize(("took", "unseen", "is_learnt"), NOTICED_ENDS)
def test_only_ends_noticed_in_time_count_as_durations(
    run: Run,
    took: float,
    unseen: float | None,
    is_learnt: bool,  # noqa: FBT001
) -> None:
    now = timezone.now()
    run.accepted_at = now - timedelta(seconds=took)
    run.checked_at = None if unseen is None else now - timedelta(seconds=unseen)
    assert poll_intervals.read_took(run, now) == (took if is_learnt else None)


def test_an_end_noticed_late_can_only_shorten_known_durations(run: Run) -> None:
    make_finished(run, 100)
    now = timezone.now()
    for took, learnt in ((40.0, 40.0), (200.0, None)):
        run.accepted_at = now - timedelta(seconds=took)
        assert poll_intervals.read_took(run, now) == learnt


def wait_for_end(sandbox: SandboxProcess, run: Run) -> None:
    """Wait until the sandbox has finished a run's task."""
    run.refresh_from_db()
    address = f"{sandbox.url}/api/v1/tasks/{run.task_id}"
    headers = {"Authorization": f"Bearer {sandbox.api_key}"}
    tick = threading.Event()
    for _ in range(600):
        if sandbox.http.get(address, headers=headers, timeout=10).json()["status"] == "succeeded":
            return
        tick.wait(0.1)
    pytest.fail("the task does not end")


@pytest.mark.parametrize("away_seconds", [60, 100, 8 * HOUR])
def test_a_worker_outage_does_not_change_known_durations(
    run: Run, sandbox: SandboxProcess, work_off: Callable[[], None], away_seconds: float
) -> None:
    steps.run_due_step(run.pk)
    wait_for_end(sandbox, run)
    away = timedelta(seconds=away_seconds)
    Run.objects.update(accepted_at=timezone.now() - away, sent_at=timezone.now() - away)
    work_off()
    poll_intervals.learnt.clear()
    known = poll_intervals.durations(poll_intervals.kind_of(run))
    assert known is None or known.high < 30  # from the provider's own events
    assert poll_intervals.seconds_to_next_check(0, known) < 30


def test_provider_timestamps_are_used_if_the_end_was_noticed_late(
    run: Run, sandbox: SandboxProcess, work_off: Callable[[], None]
) -> None:
    sandbox.durations(queued=0.1, processing=0.2)
    steps.run_due_step(run.pk)
    wait_for_end(sandbox, run)
    Run.objects.update(accepted_at=timezone.now() - timedelta(hours=1))
    work_off()
    run.refresh_from_db()
    assert run.took_seconds is not None
    assert 0.1 < run.took_seconds < 60


def wait_until_ended(sandbox: SandboxProcess) -> None:
    """Wait until the only task of the sandbox has succeeded."""
    give_up_at = time.monotonic() + 30
    while [task["status"] for task in sandbox.ledger()["tasks"]] != ["succeeded"]:
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def test_a_submission_that_already_ended_is_followed_at_once(
    run: Run, sandbox: SandboxProcess
) -> None:
    sandbox.fault("submit", "reset_after")
    steps.run_due_step(run.pk)
    wait_until_ended(sandbox)
    Run.objects.update(next_check_at=timezone.now())
    make_finished(copy_run(run), 300)
    poll_intervals.learnt.clear()
    steps.run_due_step(run.pk)
    run.refresh_from_db()
    assert run.next_check_at
    assert (run.next_check_at - timezone.now()).total_seconds() < 1


def test_durations_are_queried_once_for_many_runs(
    run: Run, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        for _ in range(5):
            poll_intervals.next_check(run)


def test_a_run_nobody_waits_for_is_polled_once_a_minute(run: Run) -> None:
    run.accepted_at = run.set_aside_at = timezone.now()
    assert poll_intervals.next_check(run) >= timedelta(seconds=60)
