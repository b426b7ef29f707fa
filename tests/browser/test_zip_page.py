"""The page in a picture zip, opened as a local file."""

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page

from playground.runs.models import MediaKind, Output
from playground.teams.models import Workspace
from tests.archive.conftest import AddStoredPicture, add_stored_picture, store, unpack  # noqa: F401 - a fixture
from tests.gallery.conftest import add_picture  # noqa: F401 - likewise
from tests.media.videos import CLIP

TAKE = "/gallery/take/"


@pytest.mark.once
def test_the_html_page_in_a_zip_works_from_the_disk(
    client: Client,
    add_stored_picture: AddStoredPicture,  # noqa: F811 - the fixture
    workspace: Workspace, tmp_path: Path, page: Page
) -> None:  # fmt: skip
    add_stored_picture("<b>a lighthouse</b>", colour="red", resolution="4k")
    film = add_stored_picture("a film", colour="navy")
    Output.objects.filter(pk=film.pk).update(
        file=store(workspace, CLIP.read_bytes(), MediaKind.VIDEO)
    )
    for name, content in unpack(client.get(TAKE)).items():
        path = tmp_path / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("requestfailed", lambda request: wrong.append(request.url))
    page.goto((tmp_path / "out" / "index.html").as_uri())
    picture = page.get_by_role("img", name="<b>a lighthouse</b>")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64
    assert page.locator("video").evaluate(
        "async film => { film.muted = true; await film.play(); return film.videoWidth }"
    )
    page.get_by_text("Details").last.click()
    assert page.get_by_text("4k").is_visible()
    assert wrong == []
