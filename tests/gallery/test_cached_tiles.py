"""Tiles whose HTML is cached by shape: always equal to freshly rendered ones, for every reader."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from playground.catalog.models import ModelSpec
from playground.gallery import tiles
from playground.runs.models import MediaFile, Output, Run
from playground.teams.models import Membership, Role
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import GALLERY

TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")\w+')

CHANGES: dict[str, Callable[[Output], object]] = {
    "words": lambda output: Run.objects.filter(pk=output.run_id).update(inputs={"prompt": "a hen"}),
    "stars": lambda output: Output.objects.filter(pk=output.pk).update(stars=4),
    "private": lambda output: Run.objects.filter(pk=output.run_id).update(is_shared=False),
    "video": lambda output: MediaFile.objects.filter(outputs=output).update(
        kind="video", duration_seconds=7.2
    ),
    "no thumbnail": lambda output: MediaFile.objects.filter(outputs=output).update(thumbnail=""),
    "placeholder": lambda output: MediaFile.objects.filter(outputs=output).update(
        placeholder="data:,"
    ),
    "sizes": lambda output: MediaFile.objects.filter(outputs=output).update(medium="m.webp"),
    "trash": lambda output: Output.objects.filter(pk=output.pk).update(trashed_at=timezone.now()),
    "retired": lambda _output: ModelSpec.objects.update(is_retired=True),
    "role": lambda _output: Membership.objects.update(role=Role.VIEWER),
}


def read_page(client: Client, path: str = GALLERY) -> str:
    page = client.get(path).text
    assert "gap-" not in page
    return TOKEN.sub("", page)


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_seen_at_once_on_a_tile(
    client: Client, add_picture: AddPicture, what: str
) -> None:
    output = add_picture("a cat <b> & 'a dog'")
    add_picture("another")
    before = read_page(client)
    CHANGES[what](output)
    kept = read_page(client)
    tiles.kept.clear()
    assert kept == read_page(client) != before


def test_each_reader_sees_tiles_in_their_own_language_and_role(
    client: Client, bo: Client, add_picture: AddPicture
) -> None:
    add_picture("a cat")
    Membership.objects.filter(user=User.objects.get(username="bo")).update(role=Role.VIEWER)
    bo.cookies["django_language"] = "zh-hans"
    pages = [read_page(each) for each in (client, bo, client, bo)]
    assert pages[:2] == pages[2:]
    assert ["Vary a cat" in page for page in pages[:2]] == [True, False]
    assert ["Select a cat" in page for page in pages[:2]] == [True, False]


def test_a_tile_names_its_own_picture_and_the_filters_of_its_page(
    client: Client, add_picture: AddPicture
) -> None:
    outputs = [add_picture(f"a cat {number}", size=(4 + number, 3)) for number in range(3)]
    for query in ("q=cat&model=doubao-seedream-5-0-lite", "trash=1", ""):
        if query == "trash=1":
            Output.objects.update(trashed_at=timezone.now())
        page = read_page(client, f"{GALLERY}?{query}")
        Output.objects.update(trashed_at=None)
        escaped = f"?{query}".replace("&", "&amp;") if query else ""
        for output in outputs:
            _, _, tile = page.partition(f'id="tile-{output.pk}"')
            tile, _, _ = tile.partition('class="tile"')
            assert f'data-run="{output.run_id}"' in tile
            assert f'href="/gallery/{output.pk}/{escaped}"' in tile
            assert f'value="{output.pk}"' in tile
            assert tile.count(output.run.headline) >= 3
            assert ("Deleted on" in tile) is (query == "trash=1")


def test_no_tile_that_was_drawn_names_a_picture(client: Client, add_picture: AddPicture) -> None:
    output = add_picture("a cat")
    tiles.kept.clear()
    read_page(client)
    known = repr(tiles.kept._values)
    assert len(tiles.kept) == 1
    assert not any(text in known for text in ("a cat", str(output.pk), str(output.run_id)))
