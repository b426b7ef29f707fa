"""Pages show a notice while no worker is alive, and remove it when one is back."""

import re
from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from playground.runs.models import Run, Worker
from playground.runs.pages import board
from playground.teams.models import Membership, Role

NOTICE = "No worker is running, so nothing moves"
HTMX = {"HX-Request": "true"}


def stop_heartbeat(worker: Worker) -> None:
    worker.seen_at = timezone.now() - Worker.SILENCE - timedelta(seconds=1)
    worker.save()


def poll(client: Client, run: Run, **shown: str) -> str:
    return client.get(
        "/runs/live/", {"run": f"{run.pk}.{run.revision}", **shown}, headers=HTMX
    ).text


def test_a_page_with_a_waiting_run_says_that_no_worker_runs(client: Client, run: Run) -> None:
    for address in (run.spec.get_absolute_url(), run.get_absolute_url()):
        page = client.get(address).text
        assert NOTICE in page
        assert "manage.py work" in page
        assert "Waiting for a worker" in page
        assert "Queued here" not in page.partition("<main")[2]  # the bar above may say so


def test_with_a_broker_the_page_names_the_processes_of_celery(
    client: Client, run: Run, settings: Settings
) -> None:
    settings.BROKER_URL = "redis://127.0.0.1:6379/0"
    page = client.get(run.get_absolute_url()).text
    assert NOTICE in page
    assert "celery -A playground worker" in page
    assert "manage.py clock" in page
    assert "manage.py work" not in page


def test_only_owners_are_told_how_to_start_a_worker(client: Client, run: Run, ana: User) -> None:
    Membership.objects.filter(user=ana).update(role=Role.MEMBER)
    page = client.get(run.get_absolute_url()).text
    assert NOTICE in page
    assert "manage.py" not in page


def test_with_a_live_worker_there_is_no_notice(client: Client, run: Run, worker: Worker) -> None:
    for address in (run.spec.get_absolute_url(), run.get_absolute_url()):
        page = client.get(address).text
        assert NOTICE not in page
        assert "Queued here" in page


def test_without_waiting_runs_there_is_no_notice(client: Client, finished: Run) -> None:
    assert NOTICE not in client.get(finished.spec.get_absolute_url()).text
    assert NOTICE not in client.get(finished.get_absolute_url()).text


def test_a_poll_brings_the_notice_and_the_waiting_card_once(
    client: Client, run: Run, worker: Worker
) -> None:
    assert NOTICE not in poll(client, run)
    stop_heartbeat(worker)
    news = poll(client, run)
    assert 'hx-swap-oob="innerHTML:#worker"' in news
    assert NOTICE in news
    assert f'id="run-{run.pk}"' in news
    assert NOTICE not in poll(client, run, stalled="on")


def test_a_run_that_came_meanwhile_is_not_sent_to_a_page_without_it(
    client: Client, run: Run
) -> None:
    news = client.get("/runs/live/", headers=HTMX).text
    assert NOTICE in news
    assert f'id="run-{run.pk}"' not in news


def test_after_stop_waiting_there_is_no_notice(client: Client, run: Run) -> None:
    Run.objects.update(sent_at=timezone.now(), set_aside_at=timezone.now())
    page = client.get(run.get_absolute_url()).text
    assert NOTICE not in page
    assert "Not tracked" in page


def test_a_poll_removes_the_notice_when_a_worker_is_back(
    client: Client, run: Run, worker: Worker
) -> None:
    news = poll(client, run, stalled="on")
    assert 'hx-swap-oob="innerHTML:#worker"' in news
    assert NOTICE not in news
    assert "Queued here" in news


def test_the_page_of_a_run_shows_and_removes_the_notice_by_polling(
    client: Client, run: Run, worker: Worker
) -> None:
    def poll_again(shown: str = "") -> str:
        address = f"{run.get_absolute_url()}?seen={run.revision}{shown}"
        return client.get(address, headers=HTMX).text

    assert poll_again() == ""
    assert 'hx-swap-oob="innerHTML:#worker"' in poll_again("&stalled=on")
    stop_heartbeat(worker)
    assert NOTICE in poll_again()
    assert poll_again("&stalled=on") == ""


def test_generate_answers_with_the_notice(client: Client, run: Run) -> None:
    answer = client.post(run.spec.get_absolute_url(), {"/prompt": "a cat"}, headers=HTMX).text
    assert "Saved, to be sent later." in answer
    assert NOTICE in answer
    assert Run.objects.count() == 2


def test_without_a_worker_no_usual_duration_is_shown(client: Client, finished: Run) -> None:
    run = finished
    Run.objects.create(
        **{name: getattr(run, name) for name in ("workspace", "author", "spec", "api_key")},
        inputs={"prompt": "again"},
    )
    page = client.get(run.spec.get_absolute_url()).text
    assert "Waiting for a worker" in page
    assert not re.search(r"of about \d", page)


def test_without_a_worker_a_page_polls_rarely(client: Client, run: Run) -> None:
    assert 'hx-trigger="every 2000ms"' in client.get(run.spec.get_absolute_url()).text


def test_the_check_for_a_worker_takes_one_query_and_none_without_runs(
    run: Run,
    django_assert_num_queries: DjangoAssertNumQueries,
    work_off: Callable[[], None],
) -> None:
    (waiting,) = Run.objects.for_cards()
    with django_assert_num_queries(2):  # the durations, and the worker
        board.make_board([waiting])
    work_off()
    (done,) = Run.objects.for_cards()
    with django_assert_num_queries(0):
        board.make_board([done])
