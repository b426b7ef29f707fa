"""A picture is shown once it is downloaded, and its run is done once it is stored."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from playground.media.incoming import Incoming
from playground.runs.files import outputs
from playground.runs.models import Output, Run, Status
from playground.runs.worker import steps
from playground.runs.worker.steps import storing
from playground.teams.models import Workspace
from tests.conftest import read_body
from tests.sandbox_process import SandboxProcess


class KilledError(BaseException):
    """Simulates the kill of a process: no code under test may catch it."""


@pytest.fixture
def succeeded_run(run: Run, sandbox: SandboxProcess) -> Run:
    """A run that succeeded with three pictures, none of them downloaded yet."""
    Run.objects.update(inputs={"prompt": "three lighthouses", "n": 3})
    while run.status != Status.SUCCEEDED:
        take_step(run)
    return run


def take_step(run: Run) -> None:
    """Take the next step of a run now, whenever it is due."""
    Run.objects.update(next_check_at=timezone.now(), leased_until=None)
    steps.run_due_step(run.pk)
    run.refresh_from_db()


def kill_before_storing(run: Run) -> None:
    """Take a step that saves previews and is killed before it stores a file."""

    def kill(*_: Any) -> None:
        raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outputs, "store", kill)
        with pytest.raises(KilledError):
            take_step(run)
    run.refresh_from_db()


def board_of(client: Client, run: Run) -> str:
    return client.get(run.spec.get_absolute_url()).text


def test_a_picture_is_shown_before_it_is_stored_and_survives_a_kill(
    succeeded_run: Run, client: Client
) -> None:
    kill_before_storing(succeeded_run)
    shown = succeeded_run.outputs.exclude(preview=None)
    assert shown
    assert not succeeded_run.outputs.exclude(stored_at=None)
    before = {each.pk: client.get(each.thumbnail_url).content for each in shown}
    page = board_of(client, succeeded_run)
    assert all(f'<img src="{each.thumbnail_url}"' in page for each in shown)
    take_step(succeeded_run)
    assert succeeded_run.is_settled
    assert not succeeded_run.outputs.exclude(preview=None)
    for pk, picture in before.items():
        stored = Output.objects.get(pk=pk)
        assert read_body(client.get(stored.thumbnail_url)) == picture


def test_a_run_is_not_done_while_its_files_cannot_be_stored(
    succeeded_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Incoming) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(Incoming, "sync", fail)
        take_step(succeeded_run)
    assert succeeded_run.problem == "storage"
    assert not succeeded_run.outputs.exclude(stored_at=None)
    assert succeeded_run.outputs.exclude(preview=None).count() == 3
    take_step(succeeded_run)
    assert succeeded_run.is_settled


def test_the_files_of_a_run_are_fetched_concurrently(
    succeeded_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, together = outputs.fetch, threading.Barrier(3, timeout=60)

    def fetch_together(output: Output, **options: Any) -> outputs.Fetched:
        together.wait()
        return fetch(output, **options)

    monkeypatch.setattr(outputs, "fetch", fetch_together)
    take_step(succeeded_run)
    assert succeeded_run.is_settled


def test_concurrent_downloads_are_limited(
    succeeded_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "FETCHED_AT_ONCE", 1)
    fetch, in_hand = outputs.fetch, threading.Lock()

    def fetch_alone(output: Output, **options: Any) -> outputs.Fetched:
        assert in_hand.acquire(blocking=False)
        try:
            return fetch(output, **options)
        finally:
            in_hand.release()

    monkeypatch.setattr(outputs, "fetch", fetch_alone)
    take_step(succeeded_run)
    assert succeeded_run.is_settled


def test_each_change_of_a_picture_is_polled_by_pages(succeeded_run: Run, client: Client) -> None:
    seen = f"{succeeded_run.pk}.{succeeded_run.revision}"
    kill_before_storing(succeeded_run)
    output = succeeded_run.outputs.exclude(preview=None).earliest("position")
    news = client.get("/runs/live/", {"run": seen}, headers={"HX-Request": "true"}).text
    assert output.thumbnail_url in news


def test_the_page_of_a_run_shows_the_duration_of_each_part(
    succeeded_run: Run, client: Client
) -> None:
    take_step(succeeded_run)
    page = client.get(succeeded_run.get_absolute_url()).text
    for words in ("Durations", "End noticed", "First picture ready to show", "Saved"):
        assert words in page
    for each in succeeded_run.outputs.all():
        moments = [succeeded_run.finished_at, each.arrived_at, each.previewed_at, each.stored_at]
        assert moments == sorted(filter(None, moments))


@pytest.mark.parametrize("is_on", [True, False])
def test_browsers_report_when_pictures_became_visible_to_their_author(
    succeeded_run: Run, client: Client, *, is_on: bool
) -> None:
    if is_on:
        sent = {"name": "Studio", "shares_runs": "workspace", "measures_display": "on"}
        assert client.post(reverse("general"), sent).status_code == 302
    take_step(succeeded_run)
    output = succeeded_run.outputs.earliest("position")
    assert ("data-seen" in board_of(client, succeeded_run)) is is_on
    for _ in range(2):
        client.post(reverse("note_seen"), {"output": [output.pk, "no id"]})
        seen_at = Output.objects.get(pk=output.pk).seen_at
        assert bool(seen_at) is is_on
    assert ("Visible in the browser" in client.get(succeeded_run.get_absolute_url()).text) is is_on


def test_reports_about_runs_of_others_or_old_runs_are_ignored(
    succeeded_run: Run, client: Client
) -> None:
    Workspace.objects.update(measures_display=True)
    take_step(succeeded_run)
    output = succeeded_run.outputs.earliest("position")
    Run.objects.update(author=User.objects.create_user("ben"))
    client.post(reverse("note_seen"), {"output": output.pk})
    Run.objects.update(author=succeeded_run.author)
    Output.objects.update(previewed_at=timezone.now() - timedelta(minutes=2))
    client.post(reverse("note_seen"), {"output": output.pk})
    assert Output.objects.get(pk=output.pk).seen_at is None
