"""Collects the static files of this version on each host, once.

They lie in STATIC_ROOT, beside the program and not in the data folder, so a host that shares
database and bucket with others lacks nothing. Whatever serves the pages calls `provide` first. The
hashed files of earlier versions stay there, for pages that are still open.
"""

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from playground import scripts, stylesheets

logger = logging.getLogger(__name__)

# What the collected files depend on beside their sources.
PACKAGES = ("Django", "whitenoise", "brotli", "rjsmin")
# The versions and extensions of htmx that no page names: compressing them took two seconds.
UNUSED = ["htmax-*", "htmx-4*", "htmx-2.js", "ext"]
OPEN_FOLDER, OPEN_FILE = 0o755, 0o644  # they are public, and another account may have collected


class CollectedFilesConfig(StaticFilesConfig):
    """Django's app, whose `collectstatic` leaves out what no page names."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *UNUSED]


def provide() -> None:
    """Collect the static files of this version, unless they are there already.

    Of several processes that start at once, one collects and the others wait for it.

    Raises  ImproperlyConfigured with what to do, where they are missing and cannot be written
    """
    if not is_manifest_used() or is_current():
        return
    try:
        with exclusive_lock():
            if not is_current():
                logger.info("Collecting the static files of this version in %s", root())
                call_command("collectstatic", interactive=False, verbosity=0)
        reread_manifest()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The static files of this version are not in {root()}, and cannot be collected "
            f"there: {error}. Run `python manage.py collectstatic --noinput` when the program is "
            "installed, as an account that may write there, or set STATIC_ROOT to a folder of "
            "this host that the program may write to."
        ) from error


def reread_manifest() -> None:
    """Read the manifest again, after another process has collected."""
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        read = staticfiles_storage.load_manifest()
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = read


def is_manifest_used() -> bool:
    """Whether pages name static files by their hashes; with DEBUG they are sent as they are."""
    return isinstance(staticfiles_storage, ManifestFilesMixin) and not settings.DEBUG


def root() -> Path:
    return Path(settings.STATIC_ROOT)


def is_current() -> bool:
    """Whether STATIC_ROOT was collected from the sources of this version."""
    try:
        kept = (root() / stylesheets.VERSION_NAME).read_text()
    except OSError:
        return False
    return kept == fingerprint() and (root() / "staticfiles.json").exists()


def find_missing() -> list[str]:
    """Return which static files the pages of this process name and this host does not have."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin) or settings.DEBUG:
        return []
    hashed: dict[str, str] = staticfiles_storage.hashed_files
    if not hashed:
        return ["staticfiles.json"]
    return sorted(name for name in hashed.values() if not (root() / name).exists())


@cache
def fingerprint() -> str:
    """Return a fingerprint of this version's static files.

    It is made once for each process: the code of a process does not change either.
    """
    parts = [Path(path).read_bytes() for path in (stylesheets.__file__, scripts.__file__)]
    parts += [f"{name} {version(name)}".encode() for name in PACKAGES]
    for path, source in sorted(find_sources()):
        parts += [path.encode(), source.read_bytes()]
    digests = b"".join(hashlib.sha256(part).digest() for part in parts)
    return hashlib.sha256(digests).hexdigest()


def find_sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for path, storage in finder.list(CollectedFilesConfig.ignore_patterns):
            yield path, Path(storage.path(path))


@contextmanager
def exclusive_lock() -> Iterator[None]:
    """Let one process of this host collect at a time; a killed one's lock is gone with it."""
    root().mkdir(mode=OPEN_FOLDER, parents=True, exist_ok=True)
    descriptor = os.open(root() / ".lock", os.O_RDWR | os.O_CREAT, OPEN_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def open_to_all() -> None:
    """Make collected files readable for other accounts, despite the umask."""
    root().chmod(OPEN_FOLDER)
    for folder, folders, files in os.walk(root()):
        for name in folders:
            Path(folder, name).chmod(OPEN_FOLDER)
        for name in files:
            Path(folder, name).chmod(OPEN_FILE)
