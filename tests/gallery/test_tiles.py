"""Tiles and pages of files that are no picture or a transparent one."""

import re
import uuid

import pytest
from django.test import Client
from PIL import Image

from playground.media import incoming, inspection
from playground.media.content import MediaKind
from playground.runs.files import media_files
from playground.runs.models import Output
from playground.runs.pages import tile_shapes
from playground.scripts import bundle_scripts
from playground.teams.models import Membership, Role
from tests.conftest import picture_bytes
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import GALLERY
from tests.launched import ROOT
from tests.media.pictures import encode

pytestmark = pytest.mark.once

SOUND = b"ID3\4\0\0\0\0\0\0" + bytes(200)
TRANSPARENT_PICTURE = encode(Image.new("RGBA", (64, 48), (0, 0, 0, 99)), "PNG")


def store_file(output: Output, content: bytes, wanted: MediaKind) -> None:
    with incoming.receive([content]) as file:
        look = inspection.inspect(file, wanted, "", limit_pixels=10**6)
        output.file = media_files.store_file(output.run.workspace_id, file, look.content)
    output.save()


def test_a_sound_in_the_gallery_has_its_prompt_and_a_player(
    client: Client, add_picture: AddPicture
) -> None:
    output = add_picture("a bell in the fog")
    store_file(output, SOUND, MediaKind.AUDIO)
    page = client.get(GALLERY).text
    assert 'data-bare="audio"' in page
    assert '<span class="tile__name">a bell in the fog</span>' in page
    assert f'<audio class="tile__player" src="{output.get_absolute_url()}" controls' in page


@pytest.mark.parametrize(
    ("content", "is_seen_through"), [(TRANSPARENT_PICTURE, True), (picture_bytes(), False)]
)
def test_a_transparent_picture_has_a_checkerboard_background(
    client: Client, add_picture: AddPicture, content: bytes, *, is_seen_through: bool
) -> None:
    output = add_picture("a disc")
    store_file(output, content, MediaKind.IMAGE)
    for page in (GALLERY, f"{GALLERY}{output.pk}/", output.run.get_absolute_url()):
        assert ("data-holes" in client.get(page).text) is is_seen_through, page


@pytest.mark.parametrize("page", ["{gallery}{pk}/", "{run}"])
def test_pages_with_players_have_a_message_for_unplayable_files(
    client: Client, add_picture: AddPicture, page: str
) -> None:
    script = "js/bundles/pictures.js"
    output = add_picture("a bell")
    store_file(output, SOUND, MediaKind.AUDIO)
    address = page.format(gallery=GALLERY, pk=output.pk, run=output.run.get_absolute_url())
    assert script in client.get(address).text
    sent = bundle_scripts([script], lambda name: (ROOT / "static" / name).read_text())
    assert 'text("notPlayable")' in sent[script]


@pytest.mark.parametrize(
    ("counts", "sets", "ratios"),
    [((1,), 0, []), ((2, 4), 2, ["520", "260"]), ((5,), 0, []), ((3, 1), 1, ["400"])],
)
def test_two_to_four_pictures_of_a_run_are_grouped(
    client: Client, add_picture: AddPicture, counts: tuple[int, ...], sets: int, ratios: list[str]
) -> None:
    for count in counts:
        add_picture("a cat", count=count, size=(13, 10))
    page = client.get(GALLERY).text
    assert re.findall(r'<li class="set" data-ratio="(\d+)"', page) == ratios
    assert page.count('class="tile" id=') == sum(counts)
    assert page.count('<div class="tile"') == sum(count for count in counts if 1 < count < 5)
    assert page.count('class="set"') == sets


def test_each_possible_aspect_ratio_has_a_css_rule() -> None:
    rules = (ROOT / "static/css/components/tile-ratio.css").read_text()
    known = {int(ratio) for ratio in re.findall(r'\[data-ratio="(\d+)"\]', rules)}
    wanted = {tile_shapes.step(ratio, tile_shapes.STEPS[-1][0]) for ratio in range(1, 2_000)}
    assert known == wanted


def test_tiles_share_one_menu(client: Client, add_picture: AddPicture) -> None:
    output = add_picture("a cat", count=2)
    page = client.get(GALLERY).text
    assert page.count('popovertarget="tile-menu"') == 2
    assert page.count(f'data-run="{output.run_id}"') == 2
    [menu] = re.findall(r'<div class="menu[^"]*" id="tile-menu".*', page, re.DOTALL)
    for address in ("/outputs/{}/reference/", "/outputs/{}/?download"):
        assert f'data-address="{address.format(uuid.UUID(int=0))}"' in menu
    assert f'data-address="/runs/{uuid.UUID(int=1)}/"' in menu


def test_a_viewer_has_a_menu_without_changes(client: Client, add_picture: AddPicture) -> None:
    add_picture("a cat")
    Membership.objects.update(role=Role.VIEWER)
    menu = client.get(GALLERY).text.partition('id="tile-menu"')[2].partition("</main>")[0]
    assert "Download" in menu
    assert "Use as reference" not in menu
    assert "Move to trash" not in menu


def test_scripts_get_the_mark_of_a_private_picture(client: Client, add_picture: AddPicture) -> None:
    add_picture("a cat")
    for page in (GALLERY, add_picture("a dog").run.spec.get_absolute_url()):
        mark = client.get(page).text.partition('<template id="lock-mark">')[2]
        assert "data-lock" in mark.partition("</template>")[0]
