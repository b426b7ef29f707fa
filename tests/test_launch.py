"""One command starts all processes, prints the URL and stops them; errors are one line."""

import itertools
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from django.test import Client

from playground import startup
from tests.launched import ROOT, Launched, free_port
from tests.providers.scripted import Reply, ScriptedService, serving
from tests.tables import sample
from tests.test_file_modes import OPEN_UMASK, check_file_modes


def refuse(data_dir: Path, **environment: str) -> str:
    """Start the program where it must fail; return its only line of output."""
    ended = subprocess.run(
        [sys.executable, "-m", "playground.launch", "demo"],
        cwd=ROOT,
        env=Launched(data_dir, None, **environment).environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    lines = (ended.stdout + ended.stderr).strip().splitlines()
    (line,) = (line for line in lines if not line.startswith("still "))  # if it is slow
    return line


def test_a_taken_port_is_reported_with_advice(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refuse(tmp_path, PORT=str(port))
    assert line == (
        f"playground: port {port} is taken: stop what listens there, or choose another: "
        f"PORT={port + 1} make demo"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    sample(
        [
            ("PORT", "eight"),
            ("PORT", "70000"),
            ("MINDVIDEO_BASE_URL", "api.mindvideo.ai"),
            ("DATABASE_URL", "mysql://root@localhost/x"),
            ("ENCRYPTION_KEYS", "too-short"),
        ],
        2,
    ),
)
def test_a_bad_setting_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    assert name in refuse(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("name", "content"),
    sample(
        itertools.product(
            ["SECRET_KEY", "DATABASE_URL", "OIDC_CLIENT_SECRET"], [None, b"\xff\xfe"]
        ),
        2,
    ),
)
def test_a_file_that_holds_no_setting_is_named_in_one_line(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    line = refuse(tmp_path, **{f"{name}_FILE": str(path)})
    assert line.startswith(f"playground: {name}_FILE: {path} cannot be read: ")


def test_an_invalid_data_folder_is_reported_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "DATA_DIR" in refuse(tmp_path / "file" / "data", SECRET_KEY="x" * 50)


def test_a_folder_name_honcho_cannot_use_is_reported_in_one_line(tmp_path: Path) -> None:
    assert "%" in refuse(tmp_path / "100% mine")


def test_an_unwritable_storage_is_reported_in_one_line(tmp_path: Path) -> None:
    assert "MEDIA_ROOT" in refuse(tmp_path, MEDIA_ROOT="/proc/media")


def test_an_unreachable_database_is_reported_in_one_line(tmp_path: Path) -> None:
    address = f"postgres://nobody@127.0.0.1:{free_port()}/none"
    assert "database cannot be used" in refuse(tmp_path, DATABASE_URL=address)


def test_a_command_that_needs_no_database_asks_for_none(tmp_path: Path) -> None:
    address = f"postgres://nobody@127.0.0.1:{free_port()}/none"
    subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env=Launched(tmp_path, None, DATABASE_URL=address).environment,
        check=True,
        capture_output=True,
    )


def test_an_address_beyond_this_machine_requires_a_secret_key(tmp_path: Path) -> None:
    assert "SECRET_KEY" in refuse(tmp_path, ALLOWED_HOSTS="play.example.com")


@pytest.mark.slow
def test_a_program_that_does_not_become_ready_names_what_is_missing(db: None) -> None:
    ours = Client().get("/readyz")
    with serving(ScriptedService()) as web:
        web.reply_with(Reply(status=ours.status_code, body=ours.content))
        assert startup.find_problems(f"{web.url}/readyz", "localhost").processes == ["worker"]


def test_a_web_process_that_does_not_start_is_named() -> None:
    address = f"http://127.0.0.1:{free_port()}/readyz"
    assert startup.find_problems(address, "localhost").processes == ["web"]


@pytest.mark.once
def test_the_demo_starts_protects_its_files_restarts_and_stops_cleanly(
    tmp_path: Path,
) -> None:
    data_dir = tmp_path / "a folder with spaces"
    begun = Launched(data_dir)
    begun.umask = OPEN_UMASK
    with begun as program:
        assert "placeholder drawings by a sandbox" in "".join(program.lines)
        assert program.lines[-1].endswith(f"Open {program.url}\n")
        page = requests.get(program.url, timeout=60)
        assert page.url.endswith("/models/doubao-seedream-5-0-lite/")
        assert ">Demo</span>" in page.text
        models = requests.get(f"{program.url}models/", timeout=60).text
        assert {"Sketch", "Motion"} <= set(re.findall(r"model__link[^>]*>([^<]+)<", models))
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        check_file_modes(program, data_dir)
        assert program.stop() in {0, -2, 130}
    with pytest.raises(requests.ConnectionError):
        requests.get(program.url, timeout=1)
    with Launched(data_dir, port=program.port) as again:
        assert again.url == program.url
        again.stop()
    assert "SECRET_KEY" in refuse(data_dir, SECRET_KEY="another")
