"""Sets file modes: stored files are private to the program's account, and nginx if it sends them.

New files have these modes by the umask (`playground/__init__.py`) and FILE_UPLOAD_PERMISSIONS.
This module fixes files that an earlier version, or a user, made readable for others.
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

# Our files in the data folder, which may contain other files too.
OURS = ("playground.sqlite3", "secret_key", "setup_token", "supervisor.")
OUR_FOLDERS = {"logs", "media", "sandbox", "static"}  # "static" is of an earlier version
OUR_FOLDERS_OF_FILES = {"files", "incoming", "readyz"}
SQLITE_ENDS = ("", "-wal", "-shm", "-journal")

FOLDER, FILE = 0o700, 0o600
PASSABLE = 0o710  # the group may traverse it, not list it
GROUP_FOLDER, GROUP_FILE = 0o2750, 0o640  # new files get the folder's group (setgid)


def fix_file_modes() -> list[str]:
    """Set the modes of all our files; return sentences about changes and failures."""
    data_dir, media_root = Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)
    notes = []
    changed = sum(close_file(path) for path in databases())
    for path in ours(data_dir, OUR_FOLDERS):
        if path != media_root:
            changed += close_tree(path)
    notes += close_own_folder(
        data_dir, passable=is_group_reading() and data_dir in media_root.parents
    )
    if is_group_reading():
        if given := open_media_to_group(media_root):
            notes.append(f"Let the group of {media_root} read {given} files and folders in it.")
    else:
        changed += close_media(media_root)
    if changed:
        notes.insert(0, f"Closed {changed} files and folders that other accounts could read.")
    return notes


def is_group_reading() -> bool:
    """Return whether nginx, as a member of the folder's group, reads the stored files."""
    return bool(settings.ACCEL_REDIRECT)


def databases() -> Iterator[Path]:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        yield from (Path(f"{database['NAME']}{end}") for end in SQLITE_ENDS)


def ours(folder: Path, folders: set[str]) -> Iterator[Path]:
    with contextlib.suppress(FileNotFoundError):
        for path in sorted(folder.iterdir()):
            if path.name in folders or path.name.startswith(OURS):
                yield path


def close_own_folder(folder: Path, *, passable: bool) -> list[str]:
    """Make the data folder private, unless it contains other files than ours."""
    now = stat.S_IMODE(folder.stat().st_mode)
    wanted = PASSABLE if passable else now & FOLDER
    if now == wanted:
        return []
    others = set(folder.iterdir()) - set(ours(folder, OUR_FOLDERS)) - set(databases())
    others -= {Path(settings.MEDIA_ROOT)}
    is_open = bool(now & ~wanted)
    if is_open and others:
        name = min(others).name
        return [f"{folder} stays open to other accounts: it holds other things ({name})."]
    return [f"Closed {folder} to other accounts."] if set_mode(folder, wanted) and is_open else []


def close_media(root: Path) -> int:
    if not root.is_dir():
        return 0
    changed = sum(close_tree(path) for path in ours(root, OUR_FOLDERS_OF_FILES))
    return changed + (0 if has_other_files(root) else close_file(root))


def open_media_to_group(root: Path) -> int:
    """Make the stored files readable for their folder's group, which new files inherit."""
    if not root.is_dir():
        return 0
    group = root.stat().st_gid
    changed = 0 if has_other_files(root) else set_mode(root, GROUP_FOLDER)
    for path in ours(root, OUR_FOLDERS_OF_FILES):
        changed += sum(change_group(each, group) for each in walk_tree(path))
    return changed


def has_other_files(root: Path) -> bool:
    """Return whether other programs use MEDIA_ROOT too; then its modes are not changed."""
    names = {path.name for path in root.iterdir()} - OUR_FOLDERS_OF_FILES
    return any(not name.startswith("readyz-") for name in names)


def close_tree(path: Path) -> int:
    return sum(close_file(each) for each in walk_tree(path))


def walk_tree(path: Path) -> Iterator[Path]:
    """Yield a file, or a folder and its descendants; without symbolic links."""
    if path.is_symlink():
        return
    yield path
    for folder, folders, files in os.walk(path):
        yield from (each for n in (*folders, *files) if not (each := Path(folder, n)).is_symlink())


def close_file(path: Path) -> int:
    with contextlib.suppress(FileNotFoundError):
        now = path.lstat().st_mode
        return set_mode(path, stat.S_IMODE(now) & (FOLDER if stat.S_ISDIR(now) else FILE))
    return 0


def change_group(path: Path, group: int) -> int:
    with contextlib.suppress(FileNotFoundError):
        now = path.lstat()
        if now.st_gid != group:
            with contextlib.suppress(PermissionError):  # we may not be in the group
                os.chown(path, -1, group, follow_symlinks=False)
        return set_mode(path, GROUP_FOLDER if stat.S_ISDIR(now.st_mode) else GROUP_FILE)
    return 0


def set_mode(path: Path, wanted: int) -> int:
    """Change the mode of a file of this account; return 1 if it was changed, else 0."""
    now = path.stat()
    if now.st_uid != os.geteuid() or stat.S_IMODE(now.st_mode) == wanted:
        return 0
    try:
        path.chmod(wanted)
    except (PermissionError, FileNotFoundError):
        return 0
    return 1
