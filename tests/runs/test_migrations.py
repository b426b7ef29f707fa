"""Files that were stored before files had rows of their own get rows."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from tests.migrating import migrate, tables_before

BEFORE = [("runs", "0002_problems_and_events")]
AFTER = [("runs", "0005_media_files_alone")]


@pytest.fixture
def earlier_apps(transactional_db: None) -> Iterator[Any]:
    """Migrate back to the empty tables of that version, and forward again after the test."""
    with tables_before(BEFORE) as apps:
        yield apps


@pytest.mark.slow
def test_files_stored_by_an_earlier_version_get_rows(earlier_apps: Any, tmp_path: Path) -> None:
    workspace = earlier_apps.get_model("teams", "Workspace").objects.create(name="Ours")
    ana = earlier_apps.get_model("auth", "User").objects.create(username="ana")
    facts = {"content_type": "image/png", "size_bytes": 3, "width": 1, "height": 1}
    uploads = earlier_apps.get_model("runs", "Upload").objects
    for name in ("one.png", "twin.png", "gone.png"):
        upload = uploads.create(workspace=workspace, author=ana, name=name, **facts)
        upload.original.save(name, ContentFile(b"cat"))
        upload.save()
    upload.original.storage.delete(upload.original.name)
    after = migrate(AFTER)
    one, twin, gone = after.get_model("runs", "Upload").objects.order_by("created_at")
    assert one.file.sha256 == hashlib.sha256(b"cat").hexdigest()
    assert one.file == twin.file
    assert gone.file.sha256.startswith("unread ")
