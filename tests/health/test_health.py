"""/readyz: 200 if runs can be completed, otherwise what is wrong, in words for the public."""

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from playground import database_clock
from playground.health import findings, storage_checks
from playground.providers import registry
from playground.runs.models import Run, Worker
from playground.teams.models import ApiKey, Workspace
from tests.sandbox_process import SandboxProcess


class FullStorage(FileSystemStorage):
    """A storage without free space."""

    def _save(self, name: str, content: "File[bytes]") -> str:
        del content
        raise OSError(errno.ENOSPC, "No space left on device", f"/secret/{name}")


class CorruptingStorage(FileSystemStorage):
    """A storage that returns other bytes than it stored."""

    def open(self, name: str, mode: str = "rb") -> "File[bytes]":
        Path(self.path(name)).write_bytes(b"another")
        return super().open(name, mode)


@pytest.fixture(autouse=True)
def _no_caching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "KEEP_SECONDS", -1.0)


@pytest.fixture
def key(workspace: Workspace, settings: Settings) -> ApiKey:
    settings.SANDBOX_URL = ""
    return ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, "mv_live_canary")


def get_readyz(expected: int = 200) -> dict[str, Any]:
    response = Client().get("/readyz")
    assert response.status_code == expected, response.text
    answer: dict[str, Any] = response.json()
    assert answer["ready"] is (expected == 200)
    return answer


def test_healthz_answers_while_the_web_process_runs(db: None) -> None:
    assert Client().get("/healthz").text == "alive\n"


def test_with_a_worker_and_a_key_readyz_is_ok(worker: Worker, key: ApiKey) -> None:
    assert get_readyz() == {"ready": True, "problems": {}, "warnings": {}}


def test_health_checks_are_cheap(
    worker: Worker,
    key: ApiKey,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    get_readyz()
    monkeypatch.setattr(findings, "KEEP_SECONDS", 60.0)
    with django_assert_max_num_queries(7):
        get_readyz()


def test_without_a_worker_readyz_is_not_ready(key: ApiKey) -> None:
    assert get_readyz(503)["problems"] == {"worker": "No worker is running, so no run moves."}


def test_a_worker_without_a_recent_heartbeat_is_missing(worker: Worker, key: ApiKey) -> None:
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    assert "worker" in get_readyz(503)["problems"]


def test_an_overdue_run_with_a_live_worker_is_a_warning(
    worker: Worker, key: ApiKey, run: Run
) -> None:
    Run.objects.update(next_check_at=timezone.now() - timedelta(minutes=2))
    assert "overdue by 12" in get_readyz()["warnings"]["worker"]


def test_without_a_key_readyz_is_ready_with_a_warning(worker: Worker) -> None:
    assert get_readyz()["warnings"] == {
        "provider key": "No API key is stored, so nothing can be sent."
    }


def test_a_rejected_key_is_a_warning_until_another_is_stored(
    worker: Worker, key: ApiKey, workspace: Workspace
) -> None:
    key.note_answer(accepted=False)
    assert "refuses a stored API key since" in get_readyz()["warnings"]["provider key"]
    ApiKey.objects.keep(workspace, registry.MINDVIDEO.slug, "mv_live_good")
    assert get_readyz()["warnings"] == {}


def test_a_key_that_cannot_be_decrypted_is_an_error(
    worker: Worker, key: ApiKey, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = ["A" * 43 + "="]
    assert "cannot be opened" in get_readyz(503)["problems"]["provider key"]


def test_the_storage_check_leaves_no_file(worker: Worker, settings: Settings) -> None:
    get_readyz()
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("storage", "message"),
    [
        (FullStorage, "Files cannot be stored: the disk is full."),
        (CorruptingStorage, "Files cannot be stored: the storage does not work."),
    ],
)
def test_a_storage_failure_is_reported_without_paths(
    worker: Worker, settings: Settings, storage: type, message: str
) -> None:
    backend = f"{storage.__module__}.{storage.__qualname__}"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend}}
    assert get_readyz(503)["problems"] == {"storage": message}


def test_a_read_only_folder_is_reported(worker: Worker, settings: Settings) -> None:
    settings.STORAGES["default"]["OPTIONS"]["location"] = "/proc/media"
    settings.STORAGES = dict(settings.STORAGES)
    assert "storage" in get_readyz(503)["problems"]


def test_low_disk_space_is_a_warning(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_checks, "LEAST_FREE_BYTES", 10**18)
    assert "are free for files" in get_readyz()["warnings"]["storage"]


def test_the_storage_check_is_cached_for_seconds(
    worker: Worker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_readyz()
    monkeypatch.setattr(findings, "KEEP_SECONDS", 60.0)
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": f"{FullStorage.__module__}.FullStorage"}
    }
    get_readyz()
    monkeypatch.setattr(findings, "KEEP_SECONDS", -1.0)
    get_readyz(503)


def test_a_database_with_missing_migrations_is_not_ready(worker: Worker) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'teams' AND name ="
            " (SELECT max(name) FROM django_migrations WHERE app = 'teams')"
        )
    assert "not up to date" in get_readyz(503)["problems"]["database"]


def test_a_database_with_newer_migrations_is_ready_with_a_warning(worker: Worker) -> None:
    MigrationRecorder(connection).record_applied("runs", "9999_of_tomorrow")
    assert "newer than this version" in get_readyz()["warnings"]["database"]


def test_migrations_of_removed_apps_are_ignored(worker: Worker, key: ApiKey) -> None:
    MigrationRecorder(connection).record_applied("gone", "0001_initial")
    assert get_readyz()["warnings"] == {}


def test_a_database_failure_is_reported_without_the_error(worker: Worker, ana: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE runs_worker RENAME TO runs_gone")
    assert get_readyz(503)["problems"] == {"database": "The database does not answer."}


@pytest.mark.parametrize(("seconds", "status"), [(4, 200), (9, 200), (60, 503)])
def test_a_heartbeat_from_the_future_reports_clock_skew(
    worker: Worker, key: ApiKey, seconds: int, status: int
) -> None:
    Worker.objects.update(seen_at=timezone.now() + timedelta(seconds=seconds))
    answer = get_readyz(status)
    message = (answer["problems"] | answer["warnings"]).get("clock", "")
    assert ("The clock of a worker is" in message) is (seconds > 5)


@pytest.mark.parametrize(("seconds", "status"), [(4, 200), (-9, 200), (60, 503), (-90_000, 503)])
def test_a_worker_with_a_wrong_clock_is_reported(
    worker: Worker, key: ApiKey, seconds: int, status: int
) -> None:
    Worker.objects.update(clock_offset_seconds=-seconds)
    answer = get_readyz(status)
    message = (answer["problems"] | answer["warnings"]).get("clock", "")
    words = f"is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} ours"
    assert (words in message) is (abs(seconds) > 5)


def test_a_database_with_another_clock_is_reported(
    worker: Worker, key: ApiKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = timedelta(seconds=9)
    monkeypatch.setattr(database_clock, "read", lambda: timezone.now() + ahead)
    assert get_readyz()["warnings"]["clock"] == "The clock of the database is 9 s ahead of ours."


def test_health_checks_answer_logged_in_people_too(client: Client, sandbox: SandboxProcess) -> None:
    assert client.get("/readyz").status_code == 503
