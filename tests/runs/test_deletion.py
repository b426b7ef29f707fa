"""Deleting a file permanently while the same content is stored again loses no file."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from playground.media import incoming
from playground.runs.files import media_files as files
from playground.runs.files import outputs, trash, uploads
from playground.runs.models import MediaFile, Output, Run, Upload
from playground.schema import UploadRefused
from tests.conftest import picture_bytes
from tests.media.test_bucket import bucket, service  # noqa: F401 - fixtures
from tests.providers.scripted import Reply, ScriptedService, serving

type Store = Callable[[], MediaFile]


@pytest.fixture(params=["disk", "bucket"])
def storage(request: pytest.FixtureRequest, db: None) -> Storage:
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    return storages["default"]


def store_upload(run: Run) -> MediaFile:
    store = uploads.UploadStore(run.workspace.memberships.get())
    reference = store.keep(SimpleUploadedFile("cat.png", picture_bytes()), "", "image")
    return Upload.objects.select_related("file").get(pk=reference.removeprefix("upload:")).file


def store_output(run: Run) -> MediaFile:
    with serving(ScriptedService()) as server:
        server.reply_with(Reply(body=clean_bytes()))
        output = run.outputs.create(
            position=run.outputs.count(), kind="image", source_url=f"{server.url}/a.png"
        )
        outputs.store_output(output, trusted_origin=server.url)
    assert output.file
    return output.file


def clean_bytes() -> bytes:
    """Return the stored bytes of the first upload, so that an output can have the same content."""
    upload = Upload.objects.select_related("file").first()
    assert upload
    with upload.file.original.open() as file:
        return bytes(file.read())


STORES: dict[str, Callable[[Run], MediaFile]] = {"upload": store_upload, "output": store_output}


def call_during(owner: Any, name: str, happens: Callable[[], Any], monkeypatch: Any) -> list[Any]:
    """Call `happens` before the first call of a method; return a list with its result."""
    original = getattr(owner, name)
    results: list[Any] = []

    def wrapper(*args: Any, **options: Any) -> Any:
        if not results:
            results.append(None)
            results[0] = happens()
        return original(*args, **options)

    monkeypatch.setattr(owner, name, wrapper)
    return results


def check_files_are_stored(file: MediaFile) -> None:
    file.refresh_from_db()
    for field in (file.original, file.thumbnail):
        with field.open() as stored:
            assert stored.read()


@pytest.mark.parametrize("again", STORES)
def test_a_file_stored_while_its_old_copy_is_deleted_is_kept(
    storage: Storage, run: Run, again: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = store_upload(run)
    content = clean_bytes()
    monkeypatch.setattr("tests.runs.test_deletion.clean_bytes", lambda: content)
    Upload.objects.all().delete()
    results = call_during(type(storage), "delete", lambda: STORES[again](run), monkeypatch)
    trash.delete_file(deleted)
    assert results[0].pk != deleted.pk
    check_files_are_stored(results[0])
    assert not storage.exists(str(deleted.original.name))


@pytest.mark.parametrize("change", ["first file", "second file", "row"])
def test_deleting_a_file_leaves_the_same_content_stored_concurrently(
    storage: Storage, run: Run, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = store_upload(run)
    storage.delete(str(deleted.original.name))  # otherwise the existing file would be used
    Upload.objects.all().delete()
    calls = iter(range(10))
    nth = {"first file": 0, "second file": 1, "row": 2}[change]

    def delete_at(original: Any) -> Any:
        def wrapper(*args: Any, **options: Any) -> Any:
            if next(calls) == nth:
                trash.delete_file(deleted)
            return original(*args, **options)

        return wrapper

    monkeypatch.setattr(type(storage), "save", delete_at(type(storage).save))
    monkeypatch.setattr(files, "write_row", delete_at(files.write_row))
    check_files_are_stored(store_upload(run))


def test_an_upload_whose_content_is_deleted_concurrently_is_stored_again(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted = store_upload(run)
    Upload.objects.all().delete()
    call_during(uploads.UploadStore, "_note", lambda: trash.delete_file(deleted), monkeypatch)
    check_files_are_stored(store_upload(run))


def test_an_output_deleted_concurrently_cannot_become_a_reference(
    finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = finished.outputs.select_related("file").get()
    store = uploads.UploadStore(finished.workspace.memberships.get())

    def delete() -> None:
        Output.objects.update(trashed_at=timezone.now())
        trash.delete_now(Output.objects.all())

    call_during(uploads.UploadStore, "_note", delete, monkeypatch)
    with pytest.raises(UploadRefused, match="not stored here"):
        store.keep(output, "", "image")


def test_deleting_one_of_two_equal_outputs_keeps_the_files_of_the_other(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_upload(run)
    content = clean_bytes()
    monkeypatch.setattr("tests.runs.test_deletion.clean_bytes", lambda: content)
    Upload.objects.all().delete()
    MediaFile.objects.all().delete()
    call_during(files, "write_row", lambda: store_output(run), monkeypatch)
    kept = store_output(run)
    assert MediaFile.objects.get() == kept
    check_files_are_stored(kept)
    assert len(list(incoming.incoming_folder().parent.glob(f"files/**/{kept.sha256}-*"))) == 2 + 2
