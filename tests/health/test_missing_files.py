"""`manage.py doctor --files`: which files of rows are missing in the storage."""

import json
import tracemalloc
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from pytest_django.fixtures import Settings

from playground.health import missing_files
from playground.runs.files import uploads
from playground.runs.models import MediaFile, Run, Upload
from playground.teams.models import Workspace
from tests.conftest import picture_bytes


class MostlyCompleteStorage(FileSystemStorage):
    """A storage in which one file of a thousand is missing."""

    def exists(self, name: str) -> bool:
        return not name.endswith("000")


class UnresponsiveStorage(FileSystemStorage):
    """A storage that does not respond."""

    def exists(self, name: str) -> bool:
        del name
        raise OSError("no answer")


def run_doctor(*options: str) -> tuple[int, str]:
    out, code = StringIO(), 0
    try:
        call_command("doctor", "--files", *options, stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return code, out.getvalue()


def read_json() -> tuple[int, list[dict[str, Any]]]:
    code, output = run_doctor("--json")
    return code, json.loads(output)


def use_storage(settings: Settings, storage: type) -> None:
    backend = f"{storage.__module__}.{storage.__qualname__}"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend}}


def media_files(workspace: Workspace, count: int) -> Iterator[MediaFile]:
    for number in range(count):
        yield MediaFile(
            workspace=workspace, sha256=f"{number:064}", kind="image", content_type="image/png",
            size_bytes=1, original=f"files/{number:06}", thumbnail=f"files/{number:06}.webp",
        )  # fmt: skip


def test_check_files_reports_that_no_file_is_missing(finished: Run) -> None:
    assert run_doctor() == (0, "All 2 files are in the storage.\n")
    assert read_json() == (0, [])


@pytest.mark.parametrize("what", ["original", "thumbnail"])
def test_a_missing_file_of_a_run_is_named_with_its_run(finished: Run, what: str) -> None:
    file = finished.outputs.get().file
    assert file
    name = getattr(file, what).name
    default_storage.delete(name)
    code, output = run_doctor()
    assert code == 1
    assert f"{what:<11}{name}  /runs/{finished.pk}/" in output
    assert output.endswith("Missing: 1 of 2 files.\n")
    expected = {"name": name, "what": what, "runs": [str(finished.pk)], "uploads": 0}
    assert read_json() == (1, [expected])


def test_a_missing_upload_is_named(workspace: Workspace, ana: object) -> None:
    picture = SimpleUploadedFile("cat.png", picture_bytes())
    uploads.UploadStore(workspace.memberships.get()).keep(picture, "", "image")
    default_storage.delete(str(Upload.objects.get().file.original.name))
    code, found = read_json()
    assert (code, found[0]["uploads"], found[0]["runs"]) == (1, 1, [])


def test_a_row_deleted_during_the_check_is_not_reported(
    finished: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = finished.outputs.get().file
    assert file
    before = missing_files.read_rows(uuid.UUID(int=0))
    monkeypatch.setattr(missing_files, "read_rows", lambda last: [] if last.int else before)
    finished.outputs.update(file=None, stored_at=None)
    default_storage.delete(str(file.original.name))
    file.delete()
    assert run_doctor()[0] == 0


def test_an_unreachable_storage_is_not_reported_as_missing_files(
    finished: Run, settings: Settings
) -> None:
    use_storage(settings, UnresponsiveStorage)
    code, output = run_doctor()
    assert code == 1
    assert "The storage does not answer: no answer" in output
    code, output = run_doctor("--json")
    assert (code, json.loads(output)[-1]["error"]) == (1, "no answer")


@pytest.mark.slow
@pytest.mark.once
def test_memory_does_not_grow_with_the_number_of_rows(
    workspace: Workspace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_storage(settings, MostlyCompleteStorage)
    monkeypatch.setattr(missing_files, "ROWS", 100)
    peaks = []
    for first, count in ((0, 500), (500, 5_000)):
        MediaFile.objects.bulk_create(list(media_files(workspace, count))[first:], batch_size=500)
        inventory = missing_files.Inventory()
        tracemalloc.start()
        missing = sum(1 for _ in inventory.find_missing())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (inventory.checked, missing) == (2 * count, -(-count // 1_000))
    assert peaks[1] < 1.5 * peaks[0]


def test_files_stored_on_disk_before_the_bucket_are_checked_there(
    workspace: Workspace, settings: Settings
) -> None:
    MediaFile.objects.bulk_create(media_files(workspace, 3))
    for name in ("files/000000", "files/000000.webp", "files/000001"):
        default_storage.save(name, ContentFile(b"x"))
    assert Path(settings.MEDIA_ROOT, "files/000001").exists()
    missing = {"files/000001.webp", "files/000002", "files/000002.webp"}
    assert {each["name"] for each in read_json()[1]} == missing
