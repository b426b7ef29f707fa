"""The viewer of a picture, as a page and as a partial for a dialog."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from playground.gallery import bulk_actions, picture_page
from playground.gallery.filters import Filters, find_outputs
from playground.gallery.picture_page import find_neighbours
from playground.runs.models import Output, Run
from playground.teams.models import Membership
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import GALLERY

pytestmark = pytest.mark.once

WHITESPACE = re.compile(r"\s+")
TAGS = re.compile(r"<[^>]+>")


def read(client: Client, output: Output, **headers: str) -> str:
    """Return the page of a picture."""
    return client.get(f"{GALLERY}{output.pk}/", headers=headers).text


def section(page: str, name: str) -> str:
    """Return the text under a heading, or "" without that heading."""
    found = re.search(rf'aria-labelledby="viewer-{name}">(.*?)</section>', page, re.DOTALL)
    return WHITESPACE.sub(" ", TAGS.sub(" ", found[1])).strip() if found else ""


def test_htmx_and_scripts_get_the_viewer_partial_with_its_title(
    client: Client, add_picture: AddPicture
) -> None:
    output = add_picture("a lighthouse")
    part, page = read(client, output, hx_request="true"), read(client, output)
    assert "<html" not in part
    title = re.search(r'data-title="([^"]*)"', part)
    assert title
    assert f"<title>{title[1]}</title>" in page


def test_neighbours_are_listed_and_counted_around_the_picture(
    membership: Membership, add_picture: AddPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture_page, "STRIP", 2)
    added = [add_picture(f"picture {number}") for number in range(7)][::-1]
    found = find_neighbours(find_outputs(membership, Filters()), added[3])
    assert (found.number, found.count, found.is_more) == (4, 7, False)
    assert [frame.output for frame in found.strip] == added[1:6]
    assert [frame.is_current for frame in found.strip] == [False, False, True, False, False]
    assert (found.before, found.after) == (added[2], added[4])


@pytest.mark.parametrize(("index", "number"), [(1, 2), (4, None)])
def test_the_count_of_neighbours_is_capped(
    membership: Membership,
    add_picture: AddPicture,
    monkeypatch: pytest.MonkeyPatch,
    index: int,
    number: int | None,
) -> None:
    monkeypatch.setattr(picture_page, "MOST_COUNTED", 3)
    added = [add_picture(f"picture {number}") for number in range(6)][::-1]
    found = find_neighbours(find_outputs(membership, Filters()), added[index])
    assert (found.number, found.count, found.is_more) == (number, 3, True)


def test_default_inputs_are_folded_and_the_prompt_is_the_heading(
    client: Client, add_picture: AddPicture
) -> None:
    output = add_picture("a lighthouse")
    inputs = {"prompt": "a lighthouse", "n": 1, "size": "3:2", "resolution": "2k"}
    Run.objects.filter(pk=output.run_id).update(inputs=inputs)
    page = read(client, output)
    assert section(page, "inputs") == "Inputs Aspect ratio 3:2 2 defaults Images 1 Resolution 2k"
    assert re.search(r'<h1 [^>]*id="viewer-title"\s*>a lighthouse</h1>', page)


@pytest.mark.parametrize(
    ("inputs", "summary"), [({"size": "3:2", "n": 2}, "2 changes"), ({"size": "1:1"}, "No changes")]
)
def test_the_source_of_a_picture_is_shown_with_the_number_of_changes(
    client: Client, add_picture: AddPicture, inputs: dict[str, object], summary: str
) -> None:
    source, output = add_picture("a lighthouse"), add_picture("a lighthouse")
    Run.objects.filter(pk=source.run_id).update(inputs={"prompt": "a lighthouse", "size": "1:1"})
    Run.objects.filter(pk=output.run_id).update(
        inputs={"prompt": "a lighthouse", **inputs}, made_from=source.run_id
    )
    assert section(read(client, output), "lineage") == f"Based on a lighthouse {summary}"
    assert section(read(client, source), "lineage") == "Variations 1 variation"


def test_private_pictures_of_others_are_neither_source_nor_variation(
    bo: Client, ana: User, add_picture: AddPicture
) -> None:
    source = add_picture("a secret", run={"author": ana, "is_shared": False})
    output = add_picture("a lighthouse", run={"author": ana, "made_from_id": source.run_id})
    add_picture("a third", run={"author": ana, "is_shared": False, "made_from_id": output.run_id})
    page = read(bo, output)
    assert section(page, "lineage") == ""
    assert "a secret" not in page


def test_the_collections_of_a_picture_are_listed_and_can_be_left(
    client: Client, membership: Membership, add_picture: AddPicture
) -> None:
    output = add_picture("a lighthouse")
    bulk_actions.add_to_collection(membership, Output.objects.filter(pk=output.pk), "Winter")
    page = read(client, output)
    leave = re.search(r'value="(uncollect [^"]*)"\s+aria-label="Remove from Winter"', page)
    assert leave
    client.post(f"{GALLERY}sort/", {"do": leave[1], "output": output.pk, "back": GALLERY})
    assert "Remove from Winter" not in read(client, output)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "text", "file"])
@pytest.mark.parametrize("thumbnail", ["small.webp", ""])
def test_any_file_has_a_page_with_a_download(
    client: Client, add_picture: AddPicture, kind: str, thumbnail: str
) -> None:
    output = add_picture("anything")
    assert output.file
    type(output.file).objects.filter(pk=output.file.pk).update(
        kind=kind, thumbnail=thumbnail, width=None, height=None, excerpt="words"
    )
    page = read(client, output)
    assert f'href="{output.get_absolute_url()}?download"' in page


def test_for_viewers_the_download_is_the_main_button(
    client: Client, membership: Membership, add_picture: AddPicture
) -> None:
    output = add_picture("a lighthouse")
    Membership.objects.filter(pk=membership.pk).update(role="viewer")
    page = read(client, output)
    assert re.search(r'class="button button--main" data-download', page)
    viewer = page[page.index("<article") : page.index("</article>")]
    for word in ("Vary", "Run again", "trash", "Add to collection", "Make private"):
        assert word not in viewer
