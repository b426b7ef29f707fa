"""Polling for changed runs: a page polls only while a run is unfinished, and gets only changes."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from playground.runs.models import Run, Worker
from playground.runs.worker import poll_intervals, steps
from playground.teams.models import Workspace
from tests.sandbox_process import SandboxProcess


def poll(client: Client, *runs: str) -> str:
    return client.get("/runs/live/", {"run": runs}, headers={"HX-Request": "true"}).text


def test_a_page_with_an_unfinished_run_polls(client: Client, run: Run) -> None:
    page = client.get(run.spec.get_absolute_url()).text
    assert f'value="{run.pk}.0"' in page
    assert 'hx-trigger="every ' in page


def test_a_page_with_finished_runs_does_not_poll(client: Client, finished: Run) -> None:
    page = client.get(finished.spec.get_absolute_url()).text
    assert f'id="run-{finished.pk}"' in page
    assert 'hx-trigger="every' not in page


def test_a_poll_without_changes_brings_nothing(client: Client, run: Run, worker: Worker) -> None:
    answer = poll(client, f"{run.pk}.{run.revision}")
    assert f"run-{run.pk}" not in answer
    assert 'hx-trigger="every' in answer


def test_a_poll_brings_a_finished_run_and_ends_polling(client: Client, finished: Run) -> None:
    answer = poll(client, f"{finished.pk}.0")
    assert f'id="run-{finished.pk}"' in answer
    assert 'hx-swap-oob="morph"' in answer
    assert 'hx-trigger="every' not in answer


def test_a_run_accepted_meanwhile_keeps_the_page_polling(client: Client, run: Run) -> None:
    assert 'hx-trigger="every' in poll(client)


def test_a_forged_poll_is_answered_with_nothing(client: Client) -> None:
    answer = poll(client, "x", "0.0", "1-2.3", "../../etc.1")
    assert 'id="run-' not in answer


def test_a_poll_does_not_reveal_runs_of_others(
    client: Client, run: Run, workspace: Workspace
) -> None:
    Run.objects.update(author=User.objects.create_user("bo"))
    assert f"run-{run.pk}" not in poll(client, f"{run.pk}.99")


def test_the_card_of_a_finished_run_stops_polling(
    client: Client, run: Run, work_off: Callable[[], None]
) -> None:
    address, headers = run.get_absolute_url(), {"HX-Request": "true"}
    assert 'hx-trigger="every' in client.get(address, headers=headers).text
    work_off()
    assert 'hx-trigger="every' not in client.get(address, headers=headers).text


def test_a_poll_of_an_unchanged_run_swaps_nothing(client: Client, run: Run, worker: Worker) -> None:
    address = f"{run.get_absolute_url()}?seen={run.revision}"
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 204


def test_a_run_shows_how_long_similar_runs_took(
    client: Client, finished: Run, sandbox: SandboxProcess, worker: Worker
) -> None:
    Run.objects.update(took_seconds=12)
    sandbox.durations(queued=0, processing=60)
    fresh = Run.objects.create(
        **{name: getattr(finished, name) for name in ("workspace", "author", "spec", "api_key")},
        inputs={"prompt": "again"},
    )
    steps.run_due_step(fresh.pk)
    assert "of about 12 s" in client.get(fresh.get_absolute_url()).text


def test_the_page_of_an_unknown_run_answers_404(client: Client) -> None:
    assert client.get("/runs/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert client.get("/runs/not-an-id/").status_code == 404


def test_after_a_long_wait_a_page_still_polls_every_two_seconds(run: Run) -> None:
    run.status, run.sent_at = "processing", timezone.now() - timedelta(hours=1)
    assert poll_intervals.seconds_to_next_look(run, None) == 2.0


def test_checking_a_lost_run_brings_its_card_and_fresh_tokens(
    client: Client, finished: Run, worker: Worker
) -> None:
    client.post(
        f"/runs/{finished.pk}/again/", {"submission": str(finished.pk)}, headers={"HX-Request": "1"}
    )
    made = Run.objects.exclude(pk=finished.pk).get()
    query = {"model": finished.spec.slug, "after": str(finished.pk)}
    found = client.get("/runs/live/", query, headers={"HX-Request": "true"}).text
    assert 'hx-swap-oob="afterbegin:#hero"' in found
    assert f'id="run-{made.pk}"' in found
    assert f'id="again-{finished.pk}"' in found
    assert 'hx-trigger="every' in found
    for nothing in ({"after": str(made.pk)}, {"after": ""} | {"model": "other"}, {"after": "x'"}):
        page = client.get("/runs/live/", {**query, "model": "none", **nothing}).text
        assert "afterbegin" not in page


def test_an_update_of_a_card_keeps_its_submission_token(
    client: Client, run: Run, worker: Worker
) -> None:
    news = poll(client, f"{run.pk}.99")
    assert f'id="run-{run.pk}"' in news
    assert 'hx-swap-oob="morph"' in news
    assert "hx-post" not in news
