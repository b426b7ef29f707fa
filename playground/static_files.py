"""Collects the static files of this version on each host, once.

STATIC_ROOT is in the program's folder, not in the data folder, so that hosts which share a database
and a bucket have their own files. Web processes call `provide` first. The hashed files of earlier
versions are kept, for pages that are still open.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from playground.collected_files import OPEN_FILE, OPEN_FOLDER, VERSION_NAME, fingerprint, root

logger = logging.getLogger(__name__)


def provide() -> None:
    """Collect the static files of this version, unless they are up to date.

    Of processes that start concurrently, one collects and the others wait.

    Raises  ImproperlyConfigured with instructions if they are missing and cannot be written
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
    """Return whether pages use hashed names; with DEBUG the source files are served."""
    return isinstance(staticfiles_storage, ManifestFilesMixin) and not settings.DEBUG


def is_current() -> bool:
    """Return whether STATIC_ROOT was collected from the sources of this version."""
    try:
        kept = (root() / VERSION_NAME).read_text()
    except OSError:
        return False
    return kept == fingerprint() and (root() / "staticfiles.json").exists()


def find_missing() -> list[str]:
    """Return the static files in this process's manifest that are missing on this host."""
    if not isinstance(staticfiles_storage, ManifestFilesMixin) or settings.DEBUG:
        return []
    hashed: dict[str, str] = staticfiles_storage.hashed_files
    if not hashed:
        return ["staticfiles.json"]
    return sorted(name for name in hashed.values() if not (root() / name).exists())


@contextmanager
def exclusive_lock() -> Iterator[None]:
    """Hold a file lock, so that one process of this host collects at a time."""
    root().mkdir(mode=OPEN_FOLDER, parents=True, exist_ok=True)
    descriptor = os.open(root() / ".lock", os.O_RDWR | os.O_CREAT, OPEN_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
