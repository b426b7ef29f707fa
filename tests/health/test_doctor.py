"""`manage.py doctor`: what is wrong and how to fix it, without showing keys."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.providers import registry
from playground.runs.models import Run, Worker
from playground.teams.models import ApiKey, Mail, Workspace
from playground.teams.outbox import RESET
from tests.launched import ROOT, free_port
from tests.sandbox_process import SandboxProcess

pytestmark = pytest.mark.once


def run_doctor(expected: int = 0) -> dict[str, dict[str, Any]]:
    """Run doctor; return the worst finding of each name."""
    out, code = StringIO(), 0
    try:
        call_command("doctor", "--json", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    findings: list[dict[str, Any]] = json.loads(out.getvalue())
    assert code == expected, findings
    order = ["ok", "warning", "wrong"]
    findings.sort(key=lambda finding: order.index(finding["level"]))
    return {finding["name"]: finding for finding in findings}


@pytest.fixture(autouse=True)
def _no_caching(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.health.findings.KEEP_SECONDS", -1.0)


def test_a_healthy_installation_is_reported_line_by_line(
    worker: Worker, api_key: ApiKey, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = settings.LOOPBACK_NAMES
    out = StringIO()
    call_command("doctor", stdout=out)
    lines = [" ".join(line.split()) for line in out.getvalue().splitlines()]
    assert lines[-1] == "All is well."
    assert "ok clock All clocks agree." in lines
    assert f"ok provider key Sandbox takes {api_key}." in lines


def test_a_missing_worker_is_an_error_with_advice(api_key: ApiKey) -> None:
    finding = run_doctor(1)["worker"]
    assert finding["level"] == "wrong"
    assert "manage.py work" in finding["advice"]


def test_a_rejected_key_is_an_error_and_recorded(
    worker: Worker, workspace: Workspace, sandbox: SandboxProcess
) -> None:
    ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "mv_sandbox_canary_wrong")
    finding = run_doctor(1)["provider key"]
    assert "refuses" in finding["message"]
    assert "canary" not in json.dumps(finding)
    assert ApiKey.objects.get().refused_at is not None


def test_an_older_rejected_key_is_a_warning(
    worker: Worker, workspace: Workspace, sandbox: SandboxProcess
) -> None:
    for secret in ("mv_sandbox_old", sandbox.api_key):
        ApiKey.objects.keep(workspace, registry.SANDBOX.slug, secret)
    assert run_doctor()["provider key"]["level"] == "warning"


def test_an_unreachable_provider_is_distinguished_from_a_rejected_key(
    worker: Worker, workspace: Workspace, settings: Settings
) -> None:
    settings.SANDBOX_URL = f"http://127.0.0.1:{free_port()}"
    ApiKey.objects.keep(workspace, registry.SANDBOX.slug, "mv_sandbox_canary")
    finding = run_doctor(1)["provider key"]
    assert finding["message"] == "Sandbox cannot be reached."
    assert settings.SANDBOX_URL in finding["advice"]


def test_a_provider_server_error_is_reported(
    worker: Worker, api_key: ApiKey, sandbox: SandboxProcess
) -> None:
    sandbox.fault("status", "server_error")
    assert "internal error" in run_doctor(1)["provider key"]["message"]


def test_a_key_that_cannot_be_decrypted_is_named(
    worker: Worker, api_key: ApiKey, settings: Settings
) -> None:
    settings.ENCRYPTION_KEYS = ["A" * 43 + "="]
    finding = run_doctor(1)["provider key"]
    assert str(api_key) in finding["message"]
    assert "ENCRYPTION_KEYS" in finding["advice"]


def test_a_missing_key_is_an_error(worker: Worker, settings: Settings) -> None:
    settings.SANDBOX_URL = ""
    assert "MINDVIDEO_API_KEY" in run_doctor(1)["provider key"]["advice"]


def test_in_a_demo_a_missing_key_is_only_a_warning(
    worker: Worker, api_key: ApiKey, settings: Settings
) -> None:
    settings.SANDBOX_URL = ""
    assert run_doctor()["provider key"]["level"] == "warning"


def test_the_provider_clock_is_compared_with_ours(
    worker: Worker, api_key: ApiKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.health.checks.CLOCK_TOLERANCE", timedelta(seconds=-1))
    message = run_doctor()["clock"]["message"]
    assert re.match(r"The clock of Sandbox is \d s", message), message


def test_the_reasons_why_runs_wait_are_listed(worker: Worker, run: Run) -> None:
    Run.objects.update(
        problem="unavailable",
        problem_message="The provider cannot be reached.",
        next_check_at=timezone.now() - timedelta(minutes=5),
    )
    finding = run_doctor()["runs"]
    assert finding["message"].startswith("1 under way, 1 of them overdue. 1 wait")
    assert finding["detail"] == "unavailable: The provider cannot be reached."


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, "ok"),
        ({"ALLOWED_HOSTS": ["*"]}, "warning"),
        ({"ALLOWED_HOSTS": ["play.example"], "SECRET_KEY": "short"}, "warning"),
        ({"ALLOWED_HOSTS": ["play.example"], "IS_HTTPS": False}, "warning"),
        ({"ALLOWED_HOSTS": ["play.example"], "IS_HTTPS": True}, "ok"),
        ({"ALLOWED_HOSTS": ["play.example"], "DEBUG": True}, "wrong"),
    ],
)
def test_settings_that_are_unsafe_in_public_are_named(
    worker: Worker, api_key: ApiKey, settings: Settings, changes: dict[str, Any], level: str
) -> None:
    settings.ALLOWED_HOSTS = settings.LOOPBACK_NAMES
    settings.SECRET_KEY = "x" * 50
    for name, value in changes.items():
        setattr(settings, name, value)
    assert run_doctor(1 if level == "wrong" else 0)["settings"]["level"] == level


def run_doctor_process(data_dir: Path, **environment: str) -> str:
    ended = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(data_dir)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    return " ".join(ended.stdout.split())


def test_an_unreachable_database_server_is_reported(tmp_path: Path) -> None:
    address = f"postgres://nobody@127.0.0.1:{free_port()}/none"
    output = run_doctor_process(tmp_path, DATABASE_URL=address)
    assert "wrong database The database does not answer. -> See that its server runs" in output
    assert "Connection refused" in output
    assert "provider key" not in output


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "playground.sqlite3").write_text("This is no database, but a letter." * 100)
    output = run_doctor_process(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/playground.sqlite3")
    assert "wrong database The database does not answer. -> See that" in output


def test_an_empty_data_folder_needs_the_release_command(tmp_path: Path) -> None:
    output = run_doctor_process(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path}/playground.sqlite3")
    assert "not up to date" in output
    assert "-> Run: python manage.py release" in output


def test_undeliverable_mail_is_reported(worker: Worker, api_key: ApiKey, ana: User) -> None:
    facts = {"template": RESET, "address": "ana@example.com", "user": ana, "tries": 4}
    Mail.objects.create(**facts, failed_at=timezone.now(), problem="SMTPDataError 554")
    Mail.objects.create(**facts, made_at=timezone.now() - timedelta(minutes=6))
    finding = run_doctor()["mail"]
    assert finding["level"] == "warning"
    assert finding["message"] == (
        "A mail to ana was given up (Choose a new password). "
        "A mail to ana waits after 4 tries (Choose a new password)."
    )
    assert "people reset" in finding["advice"]
    assert finding["detail"] == "SMTPDataError 554"


@pytest.mark.parametrize(
    ("backend", "names", "level", "message"),
    [
        ("playground.teams.outbox.NoServerBackend", ["a.example"], "ok", "EMAIL_URL is not set"),
        ("django.core.mail.backends.smtp.EmailBackend", ["a.example"], "warning", "this machine"),
        ("django.core.mail.backends.smtp.EmailBackend", ["localhost"], "ok", "127.0.0.1:8000"),
    ],
)
def test_the_base_of_links_in_mail_is_reported(
    worker: Worker,
    api_key: ApiKey,
    settings: Settings,
    *,
    backend: str,
    names: list[str],
    level: str,
    message: str,
) -> None:
    settings.MAILERS, settings.ALLOWED_HOSTS = {"default": {"BACKEND": backend}}, names
    finding = run_doctor()["mail"]
    assert finding["level"] == level
    assert message in finding["message"]
