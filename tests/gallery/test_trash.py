"""What lies in the trash for thirty days goes for good, file and all, and nothing else does."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from playground.runs import advice
from playground.runs.clock import Clock
from playground.runs.media import trash
from playground.runs.models import MediaFile, Output, Run, Upload


@pytest.fixture
def thrown(finished: Run) -> Callable[..., Output]:
    def throw(days: int) -> Output:
        at = timezone.now() - timedelta(days=days)
        Output.objects.filter(run=finished).update(trashed_at=at)
        return finished.outputs.get()

    return throw


def test_what_lay_there_for_thirty_days_is_gone_with_its_files(
    thrown: Callable[..., Output], client: Client
) -> None:
    output = thrown(31)
    assert output.file
    storage, name, small = (
        output.file.original.storage,
        output.file.original.name,
        output.file.thumbnail.name,
    )
    assert trash.empty() == 1
    assert not MediaFile.objects.exists()
    assert not storage.exists(str(name))
    assert not storage.exists(str(small))
    assert client.get(output.get_absolute_url()).status_code == 404
    assert "This was deleted." in client.get(output.run.get_absolute_url()).text


def test_what_lies_there_for_less_stays(thrown: Callable[..., Output]) -> None:
    thrown(29)
    assert trash.empty() == 0
    assert MediaFile.objects.exists()


def test_a_file_that_something_else_has_too_stays(
    thrown: Callable[..., Output], finished: Run
) -> None:
    output = thrown(31)
    assert output.file
    Upload.objects.create(
        workspace=finished.workspace, author=finished.author, name="a", file=output.file
    )
    assert trash.empty() == 1
    assert MediaFile.objects.get().original.storage.exists(
        str(MediaFile.objects.get().original.name)
    )


def test_a_run_is_not_asked_for_again_because_its_pictures_were_deleted(
    thrown: Callable[..., Output], finished: Run
) -> None:
    thrown(31)
    trash.empty()
    assert not advice.is_short(finished)
    assert not advice.can_be_asked_again(finished)


def test_the_worker_s_clock_empties_it(thrown: Callable[..., Output]) -> None:
    thrown(31)
    Clock().tick()
    assert not MediaFile.objects.exists()
