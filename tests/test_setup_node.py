"""The linter of scripts and stylesheets is installed once per version of package-lock.json."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.launched import ROOT

NPM = """#!/bin/sh
[ ! -e broken ] || exit 1
mkdir -p node_modules
echo "$@" >> asked
"""
ASKED = "ci --no-audit --no-fund --loglevel=error\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with an npm that only records its arguments."""
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    (tmp_path / "package-lock.json").write_text("{}")
    npm = tmp_path / ".venv" / "bin" / "npm"
    npm.parent.mkdir(parents=True)
    npm.write_text(NPM)
    npm.chmod(0o755)
    return tmp_path


def run(project: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [project / ".ci" / "node"], capture_output=True, text=True, timeout=60, check=False
    )


def test_node_is_installed_once(project: Path) -> None:
    assert "setup: installing package-lock.json" in run(project).stdout
    assert run(project).stdout == ""
    assert (project / "asked").read_text() == ASKED


def test_another_lock_file_installs_again(project: Path) -> None:
    run(project)
    (project / "package-lock.json").write_text('{"name": "other"}')
    run(project)
    assert (project / "asked").read_text() == ASKED * 2


def test_a_failed_installation_is_reported_and_retried(project: Path) -> None:
    (project / "broken").touch()
    failed = run(project)
    assert failed.returncode == 1
    assert "is the npm registry reachable?" in failed.stderr
    (project / "broken").unlink()
    assert run(project).returncode == 0
