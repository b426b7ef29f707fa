"""Outputs are deleted permanently, with their files, after thirty days in the trash."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from playground.runs import advice
from playground.runs.files import trash
from playground.runs.models import MediaFile, Output, Run, Upload
from playground.runs.worker.housekeeping import Housekeeping
from playground.teams.models import Membership, Role, Workspace


@pytest.fixture
def trash_output(finished: Run) -> Callable[..., Output]:
    def move_to_trash(days: int) -> Output:
        at = timezone.now() - timedelta(days=days)
        Output.objects.filter(run=finished).update(trashed_at=at)
        return finished.outputs.get()

    return move_to_trash


def test_trash_older_than_thirty_days_is_deleted_with_its_files(
    trash_output: Callable[..., Output], client: Client
) -> None:
    output = trash_output(31)
    assert output.file
    storage, name, small = (
        output.file.original.storage,
        output.file.original.name,
        output.file.thumbnail.name,
    )
    assert trash.empty_trash() == 1
    assert not MediaFile.objects.exists()
    assert not storage.exists(str(name))
    assert not storage.exists(str(small))
    assert client.get(output.get_absolute_url()).status_code == 404
    assert "This was deleted." in client.get(output.run.get_absolute_url()).text


def test_newer_trash_is_kept(trash_output: Callable[..., Output]) -> None:
    trash_output(29)
    assert trash.empty_trash() == 0
    assert MediaFile.objects.exists()


def test_a_file_used_elsewhere_is_kept(trash_output: Callable[..., Output], finished: Run) -> None:
    output = trash_output(31)
    assert output.file
    Upload.objects.create(
        workspace=finished.workspace, author=finished.author, name="a", file=output.file
    )
    assert trash.empty_trash() == 1
    assert MediaFile.objects.get().original.storage.exists(
        str(MediaFile.objects.get().original.name)
    )


def test_a_run_with_deleted_pictures_is_not_fetched_again(
    trash_output: Callable[..., Output], finished: Run
) -> None:
    trash_output(31)
    trash.empty_trash()
    assert not advice.is_short(finished)
    assert not advice.can_be_asked_again(finished)


def test_the_clock_of_the_worker_empties_the_trash(trash_output: Callable[..., Output]) -> None:
    trash_output(31)
    Housekeeping().do_what_is_due()
    assert not MediaFile.objects.exists()


def delete(client: Client, *outputs: Output, do: str = "delete") -> str:
    sent = {"do": do, "output": [output.pk for output in outputs], "back": "/gallery/?trash=1"}
    return client.post("/gallery/sort/", sent, follow=True).text


def test_permanent_deletion_asks_for_confirmation(
    trash_output: Callable[..., Output], client: Client
) -> None:
    output = trash_output(1)
    assert "Delete 1 picture permanently?" in delete(client, output)
    assert MediaFile.objects.exists()
    assert "Deleted 1 picture permanently" in delete(client, output, do="delete surely")
    assert not MediaFile.objects.exists()


def test_only_trashed_pictures_can_be_deleted(finished: Run, client: Client) -> None:
    for action in ("delete", "delete surely", "empty", "empty surely"):
        delete(client, finished.outputs.get(), do=action)
    assert MediaFile.objects.exists()


def test_authors_and_owners_delete_permanently_and_owners_empty_the_trash(
    trash_output: Callable[..., Output], finished: Run, workspace: Workspace
) -> None:
    output, other = trash_output(1), Client()
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=workspace, user=bo, role=Role.MEMBER)
    other.force_login(bo)
    assert "Only the author or an owner" in delete(other, output)
    assert "Only an owner" in delete(other, do="empty surely")
    assert "Deleted 0 pictures" in delete(other, output, do="delete surely")
    Run.objects.update(author=bo)
    assert "Deleted 1 picture" in delete(other, output, do="delete surely")


def test_an_owner_empties_the_trash_and_sees_the_retention_time(
    trash_output: Callable[..., Output], client: Client
) -> None:
    goes = (timezone.now() + timedelta(days=20)).strftime("%-d %b")
    trash_output(10)
    page = client.get("/gallery/?trash=1").text
    assert re.search(rf"Deleted on <time [^>]*>{goes}</time>", page)
    assert "Delete 1 picture permanently?" in delete(client, do="empty")
    assert "The trash is empty." in delete(client, do="empty surely")
    assert not MediaFile.objects.exists()
