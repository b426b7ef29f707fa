"""Filters as pills: their value, their options, and how they are cleared."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from playground.gallery.filters import DAYS, STARS, Filters
from playground.gallery.pills import read_pills
from playground.runs.models import Output, Run
from playground.teams.models import Membership
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import GALLERY, HTMX, shown

FILTERS = "/gallery/filters/"


def set_pills(client: Client, query: str) -> list[str]:
    page = unescape(client.get(f"{GALLERY}{query}").text)
    return re.findall(r'<span class="pill__words">(.*?)</span>', page)


def links(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'<a class="menu__item"\s+href="([^"]+)"', page)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?model=doubao-seedream-5-0-lite", "Seedream 5 Lite"), ("?model=gone", "gone"),
        ("?person=ana", "ana"), ("?stars=4", "4 stars and up"), ("?stars=0", "No stars"),
        ("?tag=best", "best"), ("?shape=tall", "Tall"), ("?days=30", "Last 30 days"),
        ("?since=2026-11-01", "Since 1 Nov 2026"), ("?until=2026-11-02", "Until 2 Nov 2026"),
        ("?since=2026-11-01&until=2026-11-02", "1 Nov 2026 – 2 Nov 2026"),
        ("?since=2026-11-01&until=2026-11-01", "1 Nov 2026"),
        ("?least=0.5", "$0.50 and up"), ("?most=2", "Up to $2.00"),
        ("?least=0&most=2", "$0.00 – $2.00"),
        ("?status=done", "Done"), ("?kind=video", "Video"), ("?in.resolution=4k", "4k"),
        (f"?run={'0' * 32}", "One run"), ("?q=a+cat", "“a cat”"),
    ],
)  # fmt: skip
def test_an_active_filter_shows_its_value_and_can_be_cleared(
    client: Client, add_picture: AddPicture, query: str, words: str
) -> None:
    add_picture("a cat")
    assert set_pills(client, query) == [words]
    assert "Clear filters" in client.get(f"{GALLERY}{query}").text
    assert "Clear filters" not in client.get(GALLERY).text


def test_clearing_a_filter_keeps_the_collection(
    client: Client, add_picture: AddPicture, membership: Membership
) -> None:
    collection = membership.workspace.collections.create(name="Autumn")
    collection.outputs.add(add_picture("a cat"))
    page = client.get(f"{GALLERY}?collection={collection.pk}&stars=0").text
    assert f'href="/gallery/?collection={collection.pk}">Clear filters' in page
    assert set_pills(client, f"?collection={collection.pk}") == []


def test_fixed_options_are_shown_before_they_are_counted(
    client: Client, add_picture: AddPicture
) -> None:
    add_picture("a cat")
    page = client.get(GALLERY).text
    for name, words in (("stars", STARS), ("days", DAYS)):
        for value in words:
            assert f"/gallery/?{name}={value}" in links(page)
    assert 'class="menu__end">' not in page.split('class="filters"')[1].split('id="picked"')[0]
    assert f'hx-get="{FILTERS}"' in page


def test_counted_options_replace_their_placeholder(client: Client, add_picture: AddPicture) -> None:
    Output.objects.filter(pk=add_picture("a cat", resolution="4k").pk).update(stars=3)
    add_picture("a dog", resolution="2k")
    query = "?person=ana&in.resolution=4k"
    before = client.get(f"{GALLERY}{query}").text
    counted = client.get(f"{FILTERS}{query}", headers=HTMX).text
    targets = re.findall(r'id="([^"]+)" hx-swap-oob="true"', counted)
    assert len(targets) == len(set(targets)) > 9
    for target in targets:
        assert before.count(f'id="{target}"') == 1, target
    assert "<html" not in counted
    assert re.search(r'id="found" hx-swap-oob="true">\s*1 picture\s*</span>', counted)


@pytest.mark.usefixtures("add_picture")
def test_an_offered_option_finds_its_pictures(client: Client, add_picture: AddPicture) -> None:
    Output.objects.filter(pk=add_picture("a cat", resolution="4k", size=(9, 16)).pk).update(stars=3)
    add_picture("a dog", resolution="2k")
    Run.objects.update(created_at=timezone.now())
    for query in ("", "?stars=3", "?in.resolution=4k&person=ana"):
        page = client.get(f"{FILTERS}{query}").text
        counts = re.findall(
            r'href="/gallery/([^"]*)"\s*>\s*<span>[^<]*</span>\s*<span class="menu__end">(\d+)<',
            page,
        )
        assert len(counts) > 5
        for link, count in counts:
            assert len(shown(client, unescape(link))) == int(count), link


def test_a_selected_option_links_to_all_pictures(client: Client, add_picture: AddPicture) -> None:
    add_picture("a cat")
    page = client.get(f"{FILTERS}?person=ana&kind=image").text
    chosen = re.findall(r'href="([^"]+)"\s+aria-current="true"', page)
    assert sorted(chosen) == ["/gallery/?kind=image", "/gallery/?person=ana"]


def test_relative_days_and_dates_replace_each_other(
    client: Client, add_picture: AddPicture
) -> None:
    add_picture("a cat")
    assert "/gallery/?days=7" in links(client.get(f"{GALLERY}?since=2026-11-01").text)
    form = re.search(
        r'<form class="filters__bounds".*?</form>', client.get(f"{GALLERY}?days=7").text, re.DOTALL
    )
    assert form
    assert 'name="days"' not in form[0]


def test_without_pictures_there_are_no_filters(client: Client, membership: Membership) -> None:
    page = client.get(GALLERY).text
    assert "Your pictures will appear here." in page
    assert 'class="filters"' not in page
    assert [pill.words for pill in read_pills(membership, Filters())] == [""] * 8


@pytest.mark.parametrize(("cookie", "chosen"), [("s", "s"), ("l", "l"), ("", "m"), ("<b>", "m")])
def test_the_size_of_pictures_is_remembered(
    client: Client, add_picture: AddPicture, cookie: str, chosen: str
) -> None:
    add_picture("a cat")
    client.cookies["density"] = cookie
    page = client.get(GALLERY).text
    assert re.findall(r'name="density" value="(.)"[^>]*\s+checked', page) == [chosen]
