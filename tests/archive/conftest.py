"""Pictures with stored files, as the worker stores them."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import Client

from playground.media import incoming, inspection
from playground.runs.files import media_files
from playground.runs.models import MediaFile, MediaKind, Output
from playground.teams.models import Workspace
from tests.conftest import picture_bytes, read_body
from tests.gallery.conftest import AddPicture, add_picture, membership  # noqa: F401 - pytest looks for them here

type AddStoredPicture = Callable[..., Output]
LIMIT = 80_000_000


@pytest.fixture
def add_stored_picture(add_picture: AddPicture) -> AddStoredPicture:  # noqa: F811 - the fixture
    """Add a picture with a stored file: add_stored_picture("a lighthouse", colour="teal")."""

    def add(prompt: str, *, colour: str = "teal", **facts: Any) -> Output:
        output = add_picture(prompt, **facts)
        content = picture_bytes((64, 48), colour=colour)
        for each in output.run.outputs.all():
            Output.objects.filter(pk=each.pk).update(file=store(output.run.workspace, content))
        output.refresh_from_db()
        return output

    return add


def store(workspace: Workspace, content: bytes, kind: MediaKind = MediaKind.IMAGE) -> MediaFile:
    with incoming.receive([content]) as file:
        return media_files.find_kept(workspace.pk, file) or media_files.store_file(
            workspace.pk, file, inspection.read_content(file, kind, limit_pixels=LIMIT)
        )


def unpack(response: HttpResponseBase) -> dict[str, bytes]:
    """Return the files of a zip after checking their checksums."""
    assert response["Content-Type"] == "application/zip", response.status_code
    with zipfile.ZipFile(io.BytesIO(read_body(response))) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def select(client: Client, where: str, *outputs: Output) -> HttpResponseBase:
    return client.post(where, {"output": [str(output.pk) for output in outputs]})


def remove_stored_file(output: Output, what: str) -> None:
    """Delete a file from the storage, but not its row: the "original" or "thumbnail"."""
    field = getattr(output.file, what)
    field.storage.delete(field.name)
