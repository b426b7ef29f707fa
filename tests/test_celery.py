"""BROKER_URL: read in one module, errors in one line; without it Celery is not imported."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from playground.runs.files import downloads
from playground.service_settings import read_broker
from tests.launched import ROOT
from tests.tables import sample
from tests.test_deployment import environment, manage

pytestmark = pytest.mark.once

POSTGRESQL = "postgres://us@db.example.com/play"
WORKER = (str(Path(sys.executable).parent / "celery"), "-A", "playground", "worker")
# Loads what a web process and every command load.
IMPORTED = """
import sys, playground.urls, playground.health.views, playground.gunicorn
from playground.runs.worker import clock, tasks
print([name for name in sys.modules if name.split(".")[0] in {"celery", "kombu", "redis"}])
"""
WRONG = (
    "broker.example.com:6379",
    "redis:/broker",
    "redis://broker:port/0",
    "redis://broker/first",
    "http://broker.example.com",
    "valkey://broker.example.com",
    "redis://[::1/0",
)


@pytest.mark.parametrize("address", WRONG)
def test_an_address_that_cannot_be_read_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("BROKER_URL", address)
    with pytest.raises(ImproperlyConfigured, match="BROKER_URL cannot be read"):
        read_broker({"ENGINE": "django.db.backends.postgresql"})


@pytest.mark.parametrize(
    "address", ["redis://broker", "rediss://us:s3cret@[::1]:6380/2", "amqp://us@broker/play"]
)
def test_an_address_of_a_known_kind_is_taken(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("BROKER_URL", address)
    assert read_broker({"ENGINE": "django.db.backends.postgresql"}) == address


def test_a_broker_beside_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_URL", "redis://broker")
    with pytest.raises(ImproperlyConfigured, match="set DATABASE_URL to a PostgreSQL"):
        read_broker({"ENGINE": "django.db.backends.sqlite3"})


def test_without_the_packages_it_says_how_to_install_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER_URL", "redis://broker")
    monkeypatch.setattr("playground.service_settings.find_spec", lambda _: None)
    with pytest.raises(ImproperlyConfigured, match=r"pip install -r requirements-celery.txt"):
        read_broker({"ENGINE": "django.db.backends.postgresql"})


@pytest.mark.parametrize(
    "words",
    sample(
        [
            (*WORKER,),
            (sys.executable, "manage.py", "clock"),
            (sys.executable, "manage.py", "release"),
            (str(Path(sys.executable).parent / "gunicorn"), "-c", "python:playground.gunicorn"),
        ],
        2,
    ),
)
def test_each_process_names_a_wrong_address_in_one_line(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    ended = subprocess.run(
        words,
        cwd=ROOT,
        env=environment(tmp_path, DATABASE_URL=POSTGRESQL, BROKER_URL="broker:6379"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode != 0
    (line,) = (ended.stdout + ended.stderr).strip().splitlines()
    assert "BROKER_URL cannot be read: set it to redis://" in line


def test_celery_without_a_broker_says_what_to_start_instead(tmp_path: Path) -> None:
    ended = subprocess.run(
        WORKER,
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    (line,) = ended.stderr.strip().splitlines()
    assert "BROKER_URL is not set: without a broker start manage.py work" in line


def test_without_a_broker_nothing_of_celery_is_imported(tmp_path: Path) -> None:
    ended = manage(tmp_path, "shell", "--no-imports", "-c", IMPORTED)
    assert ended.stdout.strip().splitlines()[-1:] == ["[]"], ended.stderr


def test_the_clock_without_a_broker_says_what_to_start_instead(tmp_path: Path) -> None:
    ended = manage(tmp_path, "clock")
    assert "BROKER_URL is not set" in ended.stderr
    assert "Start manage.py work instead" in ended.stderr


def test_no_step_times_out_while_bytes_arrive(settings: Settings) -> None:
    slowest = downloads.TRY_SECONDS + settings.OUTPUT_LIMIT_BYTES / downloads.SLOWEST_RATE
    assert slowest < settings.STEP_LIMIT.total_seconds()
