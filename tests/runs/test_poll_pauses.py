"""Pages poll less often while the server is busy."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from playground.runs.models import Run, Worker
from playground.runs.pages import poll_pauses
from playground.runs.pages.poll_pauses import HEADER, LONGEST_PAUSE_MS, Slowness

SCRIPT = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _no_slowness() -> Iterator[None]:
    poll_pauses.slowness = Slowness()
    yield
    poll_pauses.slowness = Slowness()


def record_polls(seconds: float, times: int = 200) -> Slowness:
    slowness = Slowness()
    for _ in range(times):
        slowness.note(seconds)
    return slowness


def test_the_polling_interval_follows_the_duration_of_polls() -> None:
    assert record_polls(0.003).pause_ms < 100
    assert 1000 < record_polls(0.05).pause_ms <= 1500
    assert record_polls(60).pause_ms == LONGEST_PAUSE_MS


def test_one_slow_poll_increases_the_interval_a_little_only() -> None:
    slowness = record_polls(0.003)
    slowness.note(0.1)
    assert slowness.pause_ms < 300


def test_the_measured_duration_is_forgotten_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    slowness = record_polls(1)
    monkeypatch.setattr("time.monotonic", lambda: 10.0**9)
    slowness.note(0.001)
    assert slowness.pause_ms < 10


def test_each_poll_answers_with_the_next_interval(client: Client, run: Run, worker: Worker) -> None:
    for _ in range(200):
        poll_pauses.slowness.note(0.1)
    for address in (reverse("live"), reverse("running"), run.get_absolute_url()):
        answer = client.get(address, headers=SCRIPT)
        assert 1000 < int(answer[HEADER]) <= LONGEST_PAUSE_MS


def test_a_page_that_polls_too_often_gets_the_interval_without_rendering(
    client: Client, run: Run
) -> None:
    query = {"run": f"{run.pk}.{run.revision}", "pace": "300", "stalled": "on"}
    answer = client.get(reverse("live"), query, headers=SCRIPT)
    assert answer.status_code == 204
    assert int(answer[HEADER]) == 2000  # no worker is alive


def test_a_page_that_polls_too_seldom_gets_the_right_interval(
    client: Client, run: Run, worker: Worker
) -> None:
    query = {"run": f"{run.pk}.{run.revision}", "pace": "2000"}
    answer = client.get(reverse("live"), query, headers=SCRIPT)
    assert 'hx-trigger="every 300ms"' in answer.text
    assert f"run-{run.pk}" not in answer.text


@pytest.mark.parametrize("pace", ["", "0", "-1", "x", "9" * 30, "²"])
def test_an_invalid_interval_is_replaced(
    client: Client, run: Run, worker: Worker, pace: str
) -> None:
    query = {"run": f"{run.pk}.{run.revision}", "pace": pace}
    assert 'hx-trigger="every 300ms"' in client.get(reverse("live"), query, headers=SCRIPT).text
