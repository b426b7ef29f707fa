"""Each content is stored once in a workspace, completely or not at all."""

import io
import os
import random
import resource
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from playground.catalog.models import ModelSpec
from playground.media import incoming, inspection, texts
from playground.media.content import Content, MediaKind
from playground.runs.files import media_files
from playground.runs.models import MediaFile, Run, Status
from playground.runs.worker import steps
from playground.teams.models import ApiKey, Workspace
from tests.conftest import picture_bytes
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once

LIMIT_PIXELS = 80_000_000


def store(workspace: Workspace, content: bytes) -> MediaFile:
    with incoming.receive([content]) as file:
        return media_files.find_kept(workspace.pk, file) or media_files.store_file(
            workspace.pk, file, read(file)
        )


def store_a_file_that_vanishes(workspace: Workspace, content: bytes) -> None:
    """Store a file that is deleted just before it is moved into the storage."""
    with incoming.receive([content]) as file:
        found = read(file)
        Path(file.temporary_file_path()).unlink()
        media_files.store_file(workspace.pk, file, found)


def read(file: incoming.Incoming) -> Content:
    return inspection.read_content(file, MediaKind.IMAGE, limit_pixels=LIMIT_PIXELS)


def stored_names() -> list[str]:
    root = Path(settings.MEDIA_ROOT)
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_the_same_content_is_stored_once_in_a_workspace(workspace: Workspace) -> None:
    first, second = store(workspace, picture_bytes()), store(workspace, picture_bytes())
    assert first == second
    folder = f"files/{workspace.pk}/{first.sha256[:2]}"
    assert stored_names() == sorted([str(first.original.name), str(first.thumbnail.name)])
    assert all(name.startswith(f"{folder}/{first.sha256}-") for name in stored_names())


def test_identical_files_of_two_workspaces_are_stored_twice(workspace: Workspace) -> None:
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


def test_two_concurrent_stores_of_the_same_content_make_one_row(workspace: Workspace) -> None:
    with incoming.receive([picture_bytes()]) as one, incoming.receive([picture_bytes()]) as other:
        assert (
            media_files.find_kept(workspace.pk, one)
            is media_files.find_kept(workspace.pk, other)
            is None
        )
        first = media_files.store_file(workspace.pk, one, read(one))
        assert media_files.store_file(workspace.pk, other, read(other)) == first
    assert first.original.size == len(picture_bytes())
    assert stored_names() == sorted([str(first.original.name), str(first.thumbnail.name)])


def test_a_stored_file_that_vanished_is_stored_again(workspace: Workspace) -> None:
    first = store(workspace, picture_bytes())
    first.original.storage.delete(first.original.name or "")
    assert store(workspace, picture_bytes()) == first
    first.refresh_from_db()
    assert first.original.size == first.size_bytes


def test_a_store_interrupted_before_its_row_leaves_no_file(workspace: Workspace) -> None:
    with pytest.raises(incoming.StorageFailedError):
        store_a_file_that_vanishes(workspace, picture_bytes())
    assert not MediaFile.objects.exists()


def test_nothing_stays_in_the_temporary_folder(workspace: Workspace) -> None:
    store(workspace, picture_bytes())
    with pytest.raises(ZeroDivisionError), incoming.receive([picture_bytes()]):
        raise ZeroDivisionError
    assert not [name for name in stored_names() if name.startswith("incoming/")]


def test_files_of_a_killed_process_are_deleted_after_an_hour() -> None:
    folder = incoming.incoming_folder()
    folder.mkdir(parents=True)
    for name, age in (("left", 3700), ("in-use", 60)):
        (folder / name).touch()
        os.utime(folder / name, (time.time() - age,) * 2)
    incoming.sweep_incoming()
    assert [path.name for path in folder.iterdir()] == ["in-use"]


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file can grow beyond 20 kB, so that writing fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def random_picture() -> bytes:
    """Return a picture of some 200 kB."""
    image = Image.frombytes("RGB", (256, 256), random.Random(7).randbytes(256 * 256 * 3))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_on_a_full_disk_nothing_is_stored_and_the_reason_is_reported(
    workspace: Workspace, full_disk: None
) -> None:
    with pytest.raises(
        incoming.StorageFailedError, match=r"There is no space left to store files\."
    ):
        store(workspace, random_picture())
    assert stored_names() == []


def test_an_upload_to_a_full_disk_is_refused_with_a_message(
    client: Client, full_disk: None
) -> None:
    fields = {
        "name": "/image_urls",
        "kind": "image",
        "file": SimpleUploadedFile("a.png", random_picture()),
    }
    response = client.post("/uploads/", fields)
    assert (response.status_code, response.text) == (422, str(texts.NO_ROOM))


def test_a_form_with_an_upload_to_a_full_disk_keeps_its_input(
    client: Client, seedream: ModelSpec, api_key: ApiKey, full_disk: None
) -> None:
    file = SimpleUploadedFile("a.png", random_picture())
    fields = {"/prompt": "a lighthouse at dawn", "/image_urls": file, "token": str(uuid.uuid4())}
    response = client.post(seedream.get_absolute_url(), fields)
    assert response.status_code == 422
    assert "a lighthouse at dawn" in response.text
    assert str(texts.NO_ROOM) in response.text
    assert not Run.objects.exists()


def test_a_large_upload_to_a_full_disk_is_refused_with_a_message(
    client: Client, full_disk: None
) -> None:
    file = SimpleUploadedFile("a.png", random_picture() + bytes(3_000_000))
    response = client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": file})
    assert (response.status_code, response.text) == (422, str(texts.NO_ROOM))


def test_a_run_waits_while_the_disk_is_full_and_ends_when_there_is_room(
    run: Run, sandbox: SandboxProcess, work_off: Callable[[], None]
) -> None:
    sandbox.small_pictures(4096)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    while run.status != Status.SUCCEEDED:
        steps.run_due_step(run.pk)
        run.refresh_from_db()
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        steps.run_due_step(run.pk)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    run.refresh_from_db()
    assert (run.problem, run.stored_at) == ("storage", None)
    work_off()
    assert run.outputs.get().stored_at
