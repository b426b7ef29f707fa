"""Each host serves the static files of its own version, also from an old data folder."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from playground import collected_files, static_files, stylesheets
from playground.health import findings
from playground.runs.models import Worker
from tests.launched import ROOT

pytestmark = pytest.mark.once

BUNDLED = {"staticfiles": {"BACKEND": "playground.stylesheets.BundledStaticFilesStorage"}}


@pytest.fixture
def sources(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program with a few static files that are not collected yet."""
    sources = tmp_path / "sources"
    for name in (*stylesheets.BUNDLES, "js/press.js"):
        (sources / name).parent.mkdir(parents=True, exist_ok=True)
        (sources / name).write_text("/* nothing */")
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STATICFILES_DIRS = [sources]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | BUNDLED
    monkeypatch.setattr(findings, "KEEP_SECONDS", -1.0)
    collected_files.fingerprint.cache_clear()
    return sources


def start_new_process(settings: Settings) -> None:
    """Simulate a new process, which has not read the collected files yet."""
    collected_files.fingerprint.cache_clear()
    settings.STORAGES = dict(settings.STORAGES)
    static_files.provide()


def test_a_host_collects_missing_static_files_once(sources: Path, settings: Settings) -> None:
    start_new_process(settings)
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    made_at = manifest.stat().st_mtime_ns
    start_new_process(settings)
    assert manifest.stat().st_mtime_ns == made_at
    assert (settings.STATIC_ROOT / staticfiles_storage.url("js/press.js")[8:]).exists()


def test_another_version_is_collected_beside_the_previous_one(
    sources: Path, settings: Settings
) -> None:
    start_new_process(settings)
    before = staticfiles_storage.url("css/main.css")
    (sources / "css/main.css").write_text("body{color:red}")
    start_new_process(settings)
    assert staticfiles_storage.url("css/main.css") != before
    assert (settings.STATIC_ROOT / before.removeprefix("/static/")).exists()


@pytest.mark.parametrize("name", ["version", "staticfiles.json"])
def test_an_interrupted_collection_is_repeated(
    sources: Path, settings: Settings, name: str
) -> None:
    start_new_process(settings)
    (settings.STATIC_ROOT / name).unlink()
    start_new_process(settings)
    assert (settings.STATIC_ROOT / name).exists()
    assert static_files.find_missing() == []


def test_other_accounts_can_read_collected_files(sources: Path, settings: Settings) -> None:
    start_new_process(settings)
    found = list(settings.STATIC_ROOT.rglob("*"))
    assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {0o755}
    assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {0o644}


def test_an_unwritable_static_folder_is_reported_with_advice(
    sources: Path, settings: Settings
) -> None:
    settings.STATIC_ROOT = Path("/proc/static")
    with pytest.raises(ImproperlyConfigured, match=r"collectstatic --noinput.* or set STATIC_ROOT"):
        start_new_process(settings)


def test_static_files_collected_at_installation_need_no_write_access(
    sources: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)

    def refuse() -> None:
        raise PermissionError

    monkeypatch.setattr(static_files, "exclusive_lock", refuse)
    start_new_process(settings)
    assert static_files.find_missing() == []


@pytest.mark.slow
def test_concurrent_starts_each_find_all_static_files(tmp_path: Path) -> None:
    """In separate processes, like the web processes of one host."""
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        f"s.STATICFILES_DIRS = [{str(ROOT / 'static')!r}];"
        "s.STATICFILES_FINDERS = ['django.contrib.staticfiles.finders.FileSystemFinder'];"
        "from playground import static_files as f; f.provide(); print(f.find_missing())"
    )
    environment = os.environ | {
        "DATA_DIR": str(tmp_path / "data"),
        "STATIC_ROOT": str(tmp_path / "static"),
        "DJANGO_SETTINGS_MODULE": "playground.settings",
    }
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    ended = [process.communicate(timeout=120) for process in started]
    assert [said for said, _ in ended] == ["[]\n"] * 3, ended
    assert sum(errors.count("Collecting") for _, errors in ended) == 1


@pytest.mark.django_db
def test_a_host_without_static_files_is_not_ready(
    worker: Worker, sources: Path, settings: Settings
) -> None:
    settings.STORAGES = dict(settings.STORAGES)
    settings.STATIC_ROOT.mkdir()
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert "no static files" in answer.json()["problems"]["static files"]
    start_new_process(settings)
    assert Client().get("/readyz").status_code == 200
    (settings.STATIC_ROOT / staticfiles_storage.url("js/press.js")[8:]).unlink()
    assert "static files" in Client().get("/readyz").json()["problems"]


@pytest.mark.django_db
def test_a_process_older_than_the_static_files_is_ready_with_a_warning(
    worker: Worker, sources: Path, settings: Settings
) -> None:
    start_new_process(settings)
    (settings.STATIC_ROOT / "version").write_text("another")
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    assert "another version" in answer.json()["warnings"]["static files"]


@pytest.mark.django_db
def test_the_doctor_only_warns_on_hosts_without_pages(
    worker: Worker, sources: Path, settings: Settings
) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):  # because a key is missing
        call_command("doctor", stdout=out)
    said = " ".join(out.getvalue().split())
    assert "warning static files This host has no static files" in said
    assert "collectstatic" in said
