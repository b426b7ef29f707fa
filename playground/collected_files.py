"""The folder of collected static files: what it was collected from, and who may read it."""

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders

VERSION_NAME = "version"  # in STATIC_ROOT: which version its files were collected for
# What the collected files depend on beside their sources.
MAKERS = ("scripts.py", "stylesheets.py")
PACKAGES = ("Django", "whitenoise", "brotli", "rjsmin")
# The versions and extensions of htmx that no page names: compressing them took two seconds.
UNUSED = ["htmax-*", "htmx-4*", "htmx-2.js", "ext"]
OPEN_FOLDER, OPEN_FILE = 0o755, 0o644  # they are public, and another account may have collected


class CollectedFilesConfig(StaticFilesConfig):
    """Django's app, whose `collectstatic` leaves out what no page names."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, *UNUSED]


def root() -> Path:
    return Path(settings.STATIC_ROOT)


@cache
def fingerprint() -> str:
    """Return a fingerprint of this version's static files.

    It is made once for each process: the code of a process does not change either.
    """
    parts = [Path(__file__).with_name(name).read_bytes() for name in MAKERS]
    parts += [f"{name} {version(name)}".encode() for name in PACKAGES]
    for path, source in sorted(find_sources()):
        parts += [path.encode(), source.read_bytes()]
    digests = b"".join(hashlib.sha256(part).digest() for part in parts)
    return hashlib.sha256(digests).hexdigest()


def find_sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for path, storage in finder.list(CollectedFilesConfig.ignore_patterns):
            yield path, Path(storage.path(path))


def open_to_all() -> None:
    """Make collected files readable for other accounts, despite the umask."""
    root().chmod(OPEN_FOLDER)
    for folder, folders, files in os.walk(root()):
        for name in folders:
            Path(folder, name).chmod(OPEN_FOLDER)
        for name in files:
            Path(folder, name).chmod(OPEN_FILE)
