"""Checks of the static files, the storage of results and the free disk space."""

import errno
import logging
import shutil
import uuid
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage

from playground import static_files
from playground.health.findings import CachedCheck, CheckResult, Level
from playground.runs.files import pending_files

logger = logging.getLogger(__name__)

LEAST_FREE_BYTES = 1_000_000_000  # five of the largest results
WHY_NOT_STORED = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk is full",
    errno.EACCES: "the folder may not be written to",
    errno.EPERM: "the folder may not be written to",
    errno.EROFS: "the folder may not be written to",
}


@CachedCheck
def check_static_files() -> CheckResult:
    missing = static_files.find_missing()
    if missing:
        return CheckResult(
            name="static files",
            level=Level.WRONG,
            message="This host has no static files for its pages."
            if len(missing) == 1 and missing[0] == "staticfiles.json"
            else f"{len(missing)} static files of the pages are missing on this host.",
            advice="Restart the web process: it collects them. Where it may not write to "
            f"{settings.STATIC_ROOT}: python manage.py collectstatic --noinput",
            detail=", ".join(missing[:3]),
        )
    if static_files.is_manifest_used() and not static_files.is_current():
        return CheckResult(
            name="static files",
            level=Level.WARNING,
            message="The static files of another version were collected on this host.",
            advice="Restart the web process, with the version that is installed.",
        )
    return CheckResult(name="static files", message="This host has those of its version.")


def soften(finding: CheckResult) -> CheckResult:
    """Turn problems into warnings on a host that may serve no pages (workers only)."""
    return replace(finding, level=Level.WARNING) if finding.level == Level.WRONG else finding


@CachedCheck
def check_storage() -> CheckResult:
    """Write, read and delete a small file; check the free disk space."""
    written = uuid.uuid4().hex.encode()
    try:
        if pending_files.probe(written) != written:
            raise ValueError("what was written came back otherwise")  # noqa: TRY301
        return check_room()
    except Exception as error:  # noqa: BLE001 - each storage has errors of its own
        logger.warning("Files cannot be stored: %s", error)
        return without_storage(error)


def without_storage(error: Exception) -> CheckResult:
    why = WHY_NOT_STORED.get(getattr(error, "errno", None) or 0, "the storage does not work")
    is_local = isinstance(default_storage, FileSystemStorage)
    return CheckResult(
        name="storage",
        level=Level.WRONG,
        message=f"Files cannot be stored: {why}.",
        advice=f"See that {settings.MEDIA_ROOT} can be written, and has room."
        if is_local
        else "See that the object storage can be reached, and its settings are right.",
        detail=f"{type(error).__name__}: {error}",
    )


def check_room() -> CheckResult:
    folders = {Path(settings.DATA_DIR)}
    if isinstance(default_storage, FileSystemStorage):
        folders.add(Path(settings.MEDIA_ROOT))
    free, folder = min((shutil.disk_usage(folder).free, folder) for folder in folders)
    gigabytes = f"{free / 1e9:.1f} GB"
    if free >= LEAST_FREE_BYTES:
        return CheckResult(name="storage", message=f"Files can be stored; {gigabytes} are free.")
    return CheckResult(
        name="storage",
        level=Level.WARNING,
        message=f"Only {gigabytes} are free for files.",
        advice=f"Make room on the disk of {folder}. Runs wait while it is full; none is lost.",
    )
