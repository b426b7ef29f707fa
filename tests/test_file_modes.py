"""File permissions: only our account may read stored files, or also nginx if it serves them."""

import io
import os
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from PIL import Image
from pytest_django.fixtures import Settings

from playground import file_modes
from playground.environment import read_or_create
from tests.chaos.person import Person
from tests.launched import Launched

OPEN_UMASK = 0o022  # that of a login shell
FILES = (
    "playground.sqlite3",
    "playground.sqlite3-wal",
    "playground.sqlite3-shm",
    "secret_key",
    "setup_token",
    "supervisor.conf",
    "supervisor.pid",
    "logs/web.log",
    "logs/web.log.1",
    "static/css/main.css",
    "sandbox/api_key",
    "sandbox/sandbox.sqlite3",
    "sandbox/pictures/a.png",
    "media/files/1/ab/abcd.png",
    "media/incoming/tmp1",
)


def modes(folder: Path) -> Iterator[tuple[str, int]]:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            yield str(path), stat.S_IMODE(path.stat().st_mode)


def readable_by_others(folder: Path) -> list[str]:
    return [f"{mode:o} {path}" for path, mode in modes(folder) if mode & 0o077]


@pytest.fixture
def data_dir(settings: Settings, tmp_path: Path) -> Path:
    """A data folder of an earlier version, readable by all accounts."""
    folder = tmp_path / "data"
    settings.DATA_DIR, settings.MEDIA_ROOT = folder, folder / "media"
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return folder


def test_permissions_of_an_earlier_version_are_tightened_and_reported(data_dir: Path) -> None:
    said = file_modes.fix_file_modes()
    assert readable_by_others(data_dir) == []
    count = len(FILES) + 10  # plus their folders
    assert said == [
        f"Closed {count} files and folders that other accounts could read.",
        f"Closed {data_dir} to other accounts.",
    ]
    assert file_modes.fix_file_modes() == []


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_created_with_private_permissions(data_dir: Path, name: str) -> None:
    file_modes.fix_file_modes()
    (data_dir / name).chmod(0o644)
    assert file_modes.fix_file_modes() == [
        "Closed 1 files and folders that other accounts could read."
    ]
    assert readable_by_others(data_dir) == []


def test_permissions_of_foreign_files_are_kept(data_dir: Path) -> None:
    theirs = data_dir / "thesis.odt"
    theirs.touch()
    theirs.chmod(0o644)
    said = file_modes.fix_file_modes()
    assert readable_by_others(data_dir) == [f"755 {data_dir}", f"644 {theirs}"]
    assert said[-1].endswith("it holds other things (thesis.odt).")


def test_a_shared_media_folder_keeps_its_permissions_and_ours_are_private(
    data_dir: Path, settings: Settings, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    for path in (shared / "files" / "1", shared / "films"):
        path.mkdir(parents=True)
    for path in (shared, *shared.rglob("*")):
        path.chmod(0o755)
    settings.MEDIA_ROOT = shared
    file_modes.fix_file_modes()
    assert readable_by_others(shared) == [f"755 {shared}", f"755 {shared / 'films'}"]


def test_permissions_are_not_changed_through_symlinks(data_dir: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.touch()
    theirs.chmod(0o644)
    (data_dir / "logs" / "link.log").symlink_to(theirs)
    (data_dir / "media" / "files" / "2").symlink_to(tmp_path)
    file_modes.fix_file_modes()
    assert stat.S_IMODE(theirs.stat().st_mode) == 0o644


def test_for_nginx_the_group_reads_the_files_and_nothing_else(
    data_dir: Path, settings: Settings
) -> None:
    file_modes.fix_file_modes()  # with ACCEL_REDIRECT unset
    settings.ACCEL_REDIRECT = "/protected/"
    file_modes.fix_file_modes()
    media = data_dir / "media"
    for path, mode in modes(data_dir):
        wanted = 0o700 if Path(path).is_dir() else 0o600
        if Path(path) == data_dir:
            wanted = 0o710
        elif Path(path) == media or media in Path(path).parents:
            wanted = 0o2750 if Path(path).is_dir() else 0o640
        assert (path, f"{mode:o}") == (path, f"{wanted:o}")
    settings.ACCEL_REDIRECT = ""
    file_modes.fix_file_modes()
    assert readable_by_others(data_dir) == []


def test_concurrent_creators_of_a_secret_read_the_same_value(tmp_path: Path) -> None:
    count = 16
    path, together = tmp_path / "secret_key", threading.Barrier(count)

    def keep(number: int) -> str:
        together.wait()
        read_or_create(path, f"secret {number}" * 1000)
        return path.read_text()

    with ThreadPoolExecutor(count) as threads:
        (kept,) = set(threads.map(keep, range(count)))
    assert kept.startswith("secret ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [path]


def create_files(program: Launched) -> None:
    """Make a run with a stored picture, and an upload."""
    person = Person(f"http://127.0.0.1:{program.port}", threading.Event())
    assert person.watch(person.generate("a lighthouse"), seconds=200)
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "PNG")
    token = person.http.cookies["csrftoken"]
    answer = person.http.post(
        f"{person.url}/uploads/",
        data={"name": "/image", "accept": "image/*", "csrfmiddlewaretoken": token},
        files={"file": ("a.png", picture.getvalue())},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text


def check_file_modes(program: Launched, data_dir: Path) -> None:
    """Check that other accounts can read no file of a demo, and no secret in its command lines.

    tests/test_launch.py calls this, because it starts a demo anyway.
    """
    create_files(program)
    assert readable_by_others(data_dir) == []
    kept = {path.relative_to(data_dir).parts[0] for path in data_dir.rglob("*")}
    assert {"logs", "media", "sandbox", "playground.sqlite3-wal"} <= kept
    # Each file and its thumbnail; the other sizes are made later, at low priority.
    assert len(list((data_dir / "media" / "files").rglob("*.*"))) >= 4
    secret = (data_dir / "sandbox" / "api_key").read_text()
    family = psutil.Process(program.process.pid)
    lines = [" ".join(each.cmdline()) for each in (family, *family.children(recursive=True))]
    assert any("playground.sandbox" in line for line in lines)
    assert secret not in "".join(lines)
    assert secret not in (data_dir / "supervisor.conf").read_text()


@pytest.mark.slow
def test_nginx_reads_the_media_files_of_a_demo(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    group = os.getgroups()[-1] if os.getgroups() else os.getgid()
    os.chown(media, -1, group)
    program = Launched(tmp_path / "data", ACCEL_REDIRECT="/protected/", MEDIA_ROOT=str(media))
    program.umask = OPEN_UMASK
    with program:
        create_files(program)
    assert readable_by_others(tmp_path / "data") == []
    stored = [media, *(media / "files").rglob("*")]
    assert {path.stat().st_gid for path in stored} == {group}
    assert {f"{path.stat().st_mode:o}" for path in stored} == {"42750", "100640"}
