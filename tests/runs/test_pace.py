"""How often a task is asked about: few times, whatever is known, and yet soon after its end."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from playground.runs import pace
from playground.runs.models import Run, Status
from playground.runs.pace import Durations

HOUR = 3600.0


def check_times(took: float, known: Durations | None) -> list[float]:
    """Return when a task that takes so many seconds is checked; its end is seen at the last."""
    times: list[float] = []
    elapsed = 0.05
    while elapsed < took or not times:
        elapsed += pace.seconds_to_next_check(elapsed, known)
        times.append(elapsed)
    return times


@st.composite
def histories(draw: st.DrawFn) -> Durations:
    low, median, high = sorted(draw(st.floats(0.5, HOUR / 2)) for _ in range(3))
    return Durations(low=low, median=median, high=high)


@given(histories())
def test_a_task_that_takes_as_long_as_most_is_checked_ten_times_at_most(known: Durations) -> None:
    known = replace(known, high=min(known.high, 2 * known.low))
    assert len(check_times(min(known.median, known.high), known)) <= 10


@given(histories(), st.floats(0.5, HOUR))
def test_the_end_is_noticed_within_a_share_of_what_such_runs_take(
    known: Durations, took: float
) -> None:
    delay = check_times(took, known)[-1] - took
    usual = max(known.low * 0.9 - took, (known.high - known.low * 0.9) / 8 + 0.1 * took)
    assert delay <= max(pace.FASTEST_SECONDS, usual, 0.25 * took) + 0.01


@given(st.floats(0.1, 40))
def test_where_nothing_is_known_a_task_is_checked_twenty_times_at_most(took: float) -> None:
    times = check_times(took, None)
    assert len(times) <= 20
    assert times[-1] - took <= max(pace.FASTEST_SECONDS, min(took * 0.4, 3.2)) + 0.01


def test_ten_checks_do_where_runs_take_twenty_to_forty_seconds() -> None:
    known = Durations(low=22, median=30, high=38)
    for took in range(20, 41):
        times = check_times(took, known)
        assert len(times) <= 10
        assert times[-1] - took <= 3.2


def test_a_task_of_three_seconds_is_noticed_at_once() -> None:
    known = Durations(low=3.0, median=3.1, high=3.2)
    assert check_times(3.0, known)[-1] - 3.0 <= pace.FASTEST_SECONDS


def test_a_task_that_never_ends_is_asked_about_each_five_minutes_in_the_end() -> None:
    known = Durations(low=20, median=30, high=40)
    assert len(check_times(HOUR, known)) <= 45
    assert pace.seconds_to_next_check(HOUR, known) == 300
    assert pace.seconds_to_next_check(24 * HOUR, None) == 300


def make_finished(run: Run, seconds: float) -> None:
    """Let a run have taken so long."""
    now = timezone.now()
    sent_at = now - timedelta(seconds=seconds)
    Run.objects.filter(pk=run.pk).update(
        status=Status.SUCCEEDED, task_id="t", sent_at=sent_at, finished_at=now
    )


def test_a_run_is_first_asked_about_before_the_fastest_had_ended(run: Run) -> None:
    make_finished(run, 100)
    run.sent_at = timezone.now()
    assert pace.next_check(run).total_seconds() == pytest.approx(90, abs=1)


def test_how_long_runs_took_is_asked_of_the_database_once_for_many(
    run: Run, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        for _ in range(5):
            pace.next_check(run)


def test_a_run_that_was_set_aside_is_asked_about_once_a_minute(run: Run) -> None:
    run.sent_at = run.set_aside_at = timezone.now()
    assert pace.next_check(run) >= timedelta(seconds=60)
