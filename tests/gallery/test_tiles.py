"""How tiles and pages look that hold no picture, or one that can be seen through."""

import pytest
from django.test import Client
from PIL import Image

from playground.media import incoming, inspection
from playground.media.content import Kind
from playground.runs.files import stored
from playground.runs.models import Output
from playground.scripts import bundle
from tests.conftest import picture_bytes
from tests.gallery.conftest import Hang
from tests.gallery.test_browse import GALLERY
from tests.launched import ROOT
from tests.runs.pictures import encode

SOUND = b"ID3\4\0\0\0\0\0\0" + bytes(200)
HOLES = encode(Image.new("RGBA", (64, 48), (0, 0, 0, 99)), "PNG")


def hold(output: Output, content: bytes, wanted: Kind) -> None:
    with incoming.receive([content]) as file:
        look = inspection.look_through(file, wanted, "", limit_pixels=10**6)
        output.file = stored.keep(output.run.workspace_id, file, look.content)
    output.save()


def test_a_sound_in_the_gallery_has_its_prompt_and_a_player(client: Client, hang: Hang) -> None:
    output = hang("a bell in the fog")
    hold(output, SOUND, Kind.AUDIO)
    page = client.get(GALLERY).text
    assert 'data-bare="audio"' in page
    assert '<span class="tile__name">a bell in the fog</span>' in page
    assert f'<audio class="tile__player" src="{output.get_absolute_url()}" controls' in page


@pytest.mark.parametrize(("content", "is_seen_through"), [(HOLES, True), (picture_bytes(), False)])
def test_what_can_be_seen_through_lies_on_a_checkerboard(
    client: Client, hang: Hang, content: bytes, *, is_seen_through: bool
) -> None:
    output = hang("a disc")
    hold(output, content, Kind.IMAGE)
    for page in (GALLERY, f"{GALLERY}{output.pk}/", output.run.get_absolute_url()):
        assert ("data-holes" in client.get(page).text) is is_seen_through, page


@pytest.mark.parametrize(
    ("page", "script"), [("{gallery}{pk}/", "js/pages/picture.js"), ("{run}", "js/pages/run.js")]
)
def test_pages_with_players_say_what_a_browser_cannot_play(
    client: Client, hang: Hang, page: str, script: str
) -> None:
    output = hang("a bell")
    hold(output, SOUND, Kind.AUDIO)
    address = page.format(gallery=GALLERY, pk=output.pk, run=output.run.get_absolute_url())
    assert script in client.get(address).text
    sent = bundle(script, lambda name: (ROOT / "static" / name).read_text())
    assert "This browser cannot play it" in sent
