"""A few polls at a time wait for a change; all others are answered at once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from playground.runs.models import Run, Worker
from playground.runs.pages import poll_pauses, waiting
from playground.runs.pages.waiting import MOST_WAITING, News
from playground.runs.worker import steps
from playground.wake_ups import Topic
from tests.sandbox_process import SandboxProcess


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> News:
    """The news of a process that listens for wake-ups."""
    monkeypatch.setattr(News, "is_listening", True)
    found = News()
    monkeypatch.setattr(waiting, "news", found)
    monkeypatch.setattr(poll_pauses, "slowness", poll_pauses.Slowness())
    return found


def call_during_wait(
    monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object], *, is_woken: bool = True
) -> None:
    def wait(*_: object) -> bool:
        happens()
        return is_woken

    monkeypatch.setattr(News, "wait", wait)


def poll(client: Client, run: Run) -> Any:
    query = {"run": f"{run.pk}.{run.revision}", "pace": "300"}
    return client.get(reverse("live"), query, headers={"HX-Request": "true"})


def test_a_waiting_poll_answers_as_soon_as_a_worker_writes(
    client: Client, run: Run, worker: Worker, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Run.objects.get(pk=run.pk)
    call_during_wait(monkeypatch, lambda: other.note(problem="throttled"))
    response = poll(client, run)
    assert response.status_code == 200
    assert f'data-revision="{run.revision + 1}"' in response.content.decode()


def test_without_news_a_poll_waits_at_most_a_second(
    client: Client, run: Run, worker: Worker, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]

    def pass_time() -> None:
        now[0] += waiting.LONGEST_SECONDS

    monkeypatch.setattr("time.monotonic", lambda: now[0])
    call_during_wait(monkeypatch, pass_time, is_woken=False)
    response = poll(client, run)
    assert response.status_code == 204
    assert int(response.headers["Poll-After"]) == 0
    assert now == [waiting.LONGEST_SECONDS]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("reason", ["others wait", "no news are near", "it does not listen"])
def test_polls_over_the_limit_are_answered_at_once(
    client: Client,
    run: Run,
    news: News,
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
) -> None:
    call_during_wait(monkeypatch, lambda: pytest.fail("it waited"))
    if reason == "others wait":
        assert all(news.take_place() for _ in range(MOST_WAITING))
    elif reason == "no news are near":
        monkeypatch.setattr("playground.runs.pages.live_updates.NEAR_MS", 100)
    else:
        monkeypatch.setattr(News, "is_listening", False)
    response = poll(client, run)
    assert response.status_code == 204
    assert int(response.headers["Poll-After"]) > 0


def test_a_finished_poll_frees_its_slot(
    client: Client, run: Run, worker: Worker, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []
    call_during_wait(monkeypatch, lambda: waits.append(1), is_woken=False)
    for _ in range(MOST_WAITING + 1):
        poll(client, run)
    assert len(waits) == MOST_WAITING + 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_wakes_waiting_polls(run: Run, sandbox: SandboxProcess) -> None:
    news = News()
    news.listen()
    try:
        assert news.wait(0, 60)  # sent when it begins to listen
        known = news.count
        steps.run_due_step(run.pk)
        assert news.wait(known, 60)
    finally:
        news.stop()
    assert connection.vendor == "postgresql" or not list(Topic.NEWS.folder.glob("*.socket"))
