"""The grid and the viewer: order, pagination, and only pictures that the reader may see."""

import re
import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.gallery import pages
from playground.gallery.filters import Filters, find_outputs
from playground.runs.models import Output
from playground.teams.models import Membership, Role, Workspace
from tests.gallery.conftest import AddPicture

GALLERY = "/gallery/"
SOME_RUN = uuid.UUID(int=7)
HTMX = {"HX-Request": "true"}


def shown(client: Client, query: str = "") -> list[str]:
    """Return the prompts on a page of the grid, in order."""
    page = client.get(f"{GALLERY}{query}").text
    return re.findall(
        r'<div class="tile__footer".*?<p aria-hidden="true">(.*?)</p>', page, re.DOTALL
    )


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 3)


def test_the_newest_run_comes_first_and_its_pictures_stay_in_order(
    client: Client, add_picture: AddPicture
) -> None:
    add_picture("old")
    first = add_picture("new", count=2)
    assert shown(client) == ["new", "new", "old"]
    tiles = re.findall(r'id="tile-([0-9a-f-]+)"', client.get(GALLERY).text)
    assert tiles[0] == str(first.pk)


@pytest.mark.usefixtures("small_pages")
def test_pagination_shows_every_picture_exactly_once(
    client: Client, add_picture: AddPicture
) -> None:
    for number in range(4):
        add_picture(f"run {number}", count=2)
    seen, query = [], ""
    while True:
        page = client.get(f"{GALLERY}{query}").text
        seen += re.findall(r'id="tile-([0-9a-f-]+)"', page)
        more = re.search(r'class="button"\s+href="/gallery/(\?[^"]+after=[^"]+)"', page)
        if not more:
            break
        query = more[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == Output.objects.count() == 8


@pytest.mark.usefixtures("small_pages")
def test_new_pictures_do_not_shift_later_pages(
    membership: Membership, add_picture: AddPicture
) -> None:
    for number in range(5):
        add_picture(f"run {number}")
    outputs = find_outputs(membership, Filters())
    first = pages.read_page(outputs, None)
    add_picture("meanwhile")
    second = pages.read_page(outputs, pages.read_cursor(first.after))
    assert [tile.output.run.headline for tile in second.tiles] == ["run 1", "run 0"]


def test_htmx_is_answered_with_tiles_only(client: Client, add_picture: AddPicture) -> None:
    add_picture("one")
    piece = client.get(GALLERY, headers=HTMX).text
    assert "tile-" in piece
    assert "<html" not in piece


def test_each_day_is_named_once(client: Client, add_picture: AddPicture) -> None:
    add_picture("one")
    add_picture("two")
    headings = re.findall(r'<h2><time datetime="(.*?)">', client.get(GALLERY).text)
    assert headings == ["2026-11-20"]


@pytest.mark.parametrize(("size", "ratio"), [((16, 9), 180), ((1, 9), 40), ((21, 1), 300)])
def test_a_tile_has_the_shape_of_its_picture(
    client: Client, add_picture: AddPicture, size: tuple[int, int], ratio: int
) -> None:
    add_picture("one", size=size)
    assert f'data-ratio="{ratio}"' in client.get(GALLERY).text


@pytest.mark.parametrize("after", ["x", "2026_x_1", "\0", f"9999-12-31_{SOME_RUN}_{10**30}"])
def test_an_invalid_cursor_shows_the_newest_pictures(
    client: Client, add_picture: AddPicture, after: str
) -> None:
    add_picture("one")
    assert client.get(GALLERY, {"after": after}).status_code == 200


def test_private_pictures_of_others_are_not_listed(
    client: Client, add_picture: AddPicture, workspace: Workspace
) -> None:
    bo = User.objects.create_user("bo")
    Membership.objects.create(workspace=workspace, user=bo, role=Role.MEMBER)
    kept = add_picture("kept", run={"author": bo, "is_shared": False})
    add_picture("shown", run={"author": bo})
    add_picture("elsewhere", run={"workspace": Workspace.objects.create(name="Theirs")})
    assert shown(client) == ["shown"]
    assert client.get(f"{GALLERY}{kept.pk}/").status_code == 404


def test_the_viewer_links_to_the_neighbours_in_the_search_result(
    client: Client, add_picture: AddPicture
) -> None:
    after, _, one, _, before = (add_picture(word) for word in ("a cat", "x", "my cat", "y", "cat!"))
    page = client.get(f"{GALLERY}{one.pk}/?q=cat").text
    links = re.findall(r'rel="(prev|next)"\s+href="/gallery/([0-9a-f-]+)/\?q=cat"', page)
    assert links == [("prev", str(before.pk)), ("next", str(after.pk))]


def test_the_number_of_queries_does_not_grow_with_pictures(
    client: Client, add_picture: AddPicture, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        add_picture(f"run {number}", count=3)
    client.get(GALLERY)
    with django_assert_max_num_queries(8):
        client.get(GALLERY)
    with django_assert_max_num_queries(8):
        client.get(GALLERY, headers=HTMX)


@pytest.mark.usefixtures("small_pages")
def test_a_page_extends_to_the_scrolled_position_plus_one_page(
    membership: Membership, add_picture: AddPicture
) -> None:
    added = [add_picture(f"run {number}") for number in range(12)][::-1]
    page = pages.read_page(find_outputs(membership, Filters()), None, pages.cursor_of(added[4]))
    assert [tile.output.pk for tile in page.tiles] == [output.pk for output in added[:8]]
    assert (bool(page.after), page.is_cut) == (True, False)
    cut = pages.read_page(
        find_outputs(membership, Filters()), pages.cursor_of(added[1]), pages.cursor_of(added[4])
    )
    assert [tile.output.pk for tile in cut.tiles] == [output.pk for output in added[2:8]]
    assert cut.is_cut


@pytest.mark.usefixtures("small_pages")
def test_of_very_many_pictures_those_near_the_cursor_are_listed(
    membership: Membership, add_picture: AddPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST", 4)
    added = [add_picture(f"run {number}") for number in range(12)][::-1]
    page = pages.read_page(find_outputs(membership, Filters()), None, pages.cursor_of(added[6]))
    assert [tile.output.pk for tile in page.tiles] == [output.pk for output in added[3:10]]
    assert page.is_cut


def test_closing_the_viewer_returns_to_its_position_in_the_grid(
    client: Client, add_picture: AddPicture
) -> None:
    one = add_picture("one")
    back = re.search(r'id="back"\s+href="([^"]+)"', client.get(f"{GALLERY}{one.pk}/?q=one").text)
    assert back
    assert back[1].endswith(f"#tile-{one.pk}")
    assert f'id="tile-{one.pk}"' in client.get(back[1].replace("&amp;", "&")).text
