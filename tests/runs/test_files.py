"""Each content is stored once in a workspace, whole or not at all."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from playground.runs import files
from playground.runs.content import Content, Kind
from playground.runs.models import MediaFile, Run
from playground.teams.models import Workspace
from tests.conftest import picture_bytes

LIMIT_PIXELS = 80_000_000


def store(workspace: Workspace, content: bytes) -> MediaFile:
    with files.receive([content]) as file:
        return files.find_kept(workspace.pk, file) or files.keep(workspace.pk, file, read(file))


def lose(workspace: Workspace, content: bytes) -> None:
    """Store a file that is gone at the moment when it gets its place."""
    with files.receive([content]) as file:
        found = read(file)
        Path(file.temporary_file_path()).unlink()
        files.keep(workspace.pk, file, found)


def read(file: files.Incoming) -> Content:
    return files.read_content(file, Kind.IMAGE, limit_pixels=LIMIT_PIXELS)


def stored_names() -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_the_same_content_is_stored_once_in_a_workspace(workspace: Workspace) -> None:
    first, second = store(workspace, picture_bytes()), store(workspace, picture_bytes())
    assert first == second
    folder = f"files/{workspace.pk}/{first.sha256[:2]}"
    small = f"{folder}/{first.sha256}.thumbnail.webp"
    assert stored_names() == [f"{folder}/{first.sha256}.png", small]


def test_the_same_content_in_two_workspaces_is_stored_in_both(workspace: Workspace) -> None:
    other = Workspace.objects.create(name="Others")
    assert store(workspace, picture_bytes()) != store(other, picture_bytes())


def test_two_runs_with_the_same_picture_share_its_file(
    run: Run, work_off: Callable[[], None]
) -> None:
    work_off()
    first = run.outputs.get()
    Run.objects.filter(pk=run.pk).update(stored_at=None, next_check_at=run.created_at)
    run.outputs.update(file=None, stored_at=None)
    work_off()
    assert run.outputs.get().file == first.file


def test_two_that_store_the_same_content_at_once_end_with_one_row(workspace: Workspace) -> None:
    with files.receive([picture_bytes()]) as one, files.receive([picture_bytes()]) as other:
        assert files.find_kept(workspace.pk, one) is files.find_kept(workspace.pk, other) is None
        first = files.keep(workspace.pk, one, read(one))
        assert files.keep(workspace.pk, other, read(other)) == first
    assert first.original.size == len(picture_bytes())


def test_a_stored_file_that_vanished_is_stored_again(workspace: Workspace) -> None:
    first = store(workspace, picture_bytes())
    first.original.storage.delete(first.original.name or "")
    assert store(workspace, picture_bytes()) == first
    assert first.original.size == first.size_bytes


def test_what_was_cut_off_before_its_row_leaves_none(workspace: Workspace) -> None:
    with pytest.raises(files.StorageFailedError):
        lose(workspace, picture_bytes())
    assert not MediaFile.objects.exists()


def test_nothing_stays_in_the_temporary_folder(workspace: Workspace) -> None:
    store(workspace, picture_bytes())
    with pytest.raises(ZeroDivisionError), files.receive([picture_bytes()]):
        raise ZeroDivisionError
    assert not [name for name in stored_names() if name.startswith("incoming/")]


def test_what_a_killed_process_left_is_swept_after_an_hour() -> None:
    folder = files.incoming_folder()
    folder.mkdir(parents=True)
    for name, age in (("left", 3700), ("in-use", 60)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    files.sweep_incoming()
    assert [path.name for path in folder.iterdir()] == ["in-use"]
