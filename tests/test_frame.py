"""The layout of each page: navigation, running chip, Settings, error pages."""

import re

import pytest
from django.test import Client

from playground.runs.models import Run
from playground.teams.models import Workspace
from playground.teams.templatetags.avatars import TONES, initials, tone

pytestmark = pytest.mark.once

RUNNING = {"HX-Request": "true"}


@pytest.mark.usefixtures("seedream")
@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/", "Create"),
        ("/models/", ""),  # for an owner it is in Settings
        ("/gallery/", "Gallery"),
        ("/gallery/collections/", "Collections"),
        ("/team/", ""),
        ("/team/keys/", ""),
    ],
)
def test_the_navigation_marks_the_current_page(client: Client, path: str, place: str) -> None:
    page = client.get(path, follow=True).text
    for style in ("bar__nav", "tabs"):
        marked = page.partition(f'<nav class="{style}"')[2].partition("</nav>")[0]
        found = re.search(r'aria-current="page">(?:\s*<svg.*?</svg>)?\s*(\w+)', marked, re.DOTALL)
        assert (found[1] if found else "") == place


@pytest.mark.parametrize("path", ["gallery/?collection={}", "gallery/{}/?collection={}"])
def test_a_collection_and_its_pictures_mark_collections_in_the_navigation(
    client: Client, finished: Run, path: str
) -> None:
    output = finished.outputs.get()
    collection = finished.workspace.collections.create(name="Cats", made_by=finished.author)
    collection.outputs.add(output)
    ids = (output.pk, collection.pk)[-path.count("{}") :]
    page = client.get(f"/{path.format(*ids)}").text
    for style in ("bar__nav", "tabs"):
        marked = page.partition(f'<nav class="{style}"')[2].partition("</nav>")[0]
        assert marked.count('aria-current="page"') == 1
        assert re.search(r'/collections/"\s+aria-current="page"', marked)


def test_the_search_of_the_bar_keeps_the_filters_of_the_gallery(client: Client) -> None:
    page = client.get("/gallery/?q=cat&stars=3&in.resolution=4k").text
    for form in re.findall(r'<form[^>]*role="search".*?</form>', page, re.DOTALL):
        kept = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', form)
        assert sorted(kept) == [("in.resolution", "4k"), ("stars", "3")]
    assert page.count('role="search"') == 2
    assert 'type="hidden"' not in client.get("/team/").text.partition("bar__search")[2][:900]


@pytest.mark.parametrize(
    "path", ["/team/", "/team/keys/", "/team/budget/", "/team/usage/", "/team/export/"]
)
def test_settings_list_their_pages(client: Client, path: str) -> None:
    side = client.get(path).text.partition('<nav class="side"')[2].partition("</nav>")[0]
    assert side.count('aria-current="page"') == 1
    assert f'href="{path}" aria-current="page"' in side


def test_settings_list_what_a_member_may_open(bo: Client) -> None:
    side = bo.get("/team/").text.partition('<nav class="side"')[2].partition("</nav>")[0]
    paths = re.findall(r'href="(/team/\w*/?)"', side)
    assert paths == ["/team/", "/team/usage/"]
    assert {bo.get(path).status_code for path in paths} == {200}


def test_the_bar_lists_what_is_running(client: Client, run: Run, bo: Client) -> None:
    bar = client.get("/gallery/").text.partition('<header class="bar"')[2].partition("</header>")[0]
    assert "1 running" in bar
    assert f'href="{run.get_absolute_url()}"' in bar
    assert "a lighthouse" in bar
    assert "running-chip" not in bo.get("/gallery/").text  # a person's own runs only


def test_the_bar_asks_again_only_while_something_runs(client: Client, run: Run) -> None:
    page = client.get("/gallery/").text
    address = re.search(r'hx-get="(/runs/running/\?seen=\w+)"', page)
    assert address
    assert "running from:body, every 5s" in page
    assert client.get(address[1], headers=RUNNING).status_code == 204
    Run.objects.filter(pk=run.pk).update(status="cancelled", finished_at=run.created_at)
    news = client.get(address[1], headers=RUNNING)
    assert news.status_code == 200
    assert "running-chip" not in news.text
    assert "every 5s" not in news.text


def test_an_accepted_run_triggers_an_update_of_the_bar(client: Client, run: Run) -> None:
    page = client.get(run.spec.get_absolute_url()).text
    token = re.search(r'name="submission" value="([^"]+)"', page)
    assert token
    values = {"submission": token[1], "workspace": run.workspace_id, "/prompt": "a fox"}
    answer = client.post(run.spec.get_absolute_url(), values, headers=RUNNING)
    assert (answer.status_code, answer["HX-Trigger"]) == (200, "running")


def test_an_unknown_address_keeps_the_bar(client: Client, workspace: Workspace) -> None:
    answer = client.get("/nowhere/at/all/")
    assert answer.status_code == 404
    assert "Page not found" in answer.text
    assert f"ask the owner of {workspace.name}" in answer.text
    assert 'class="bar__nav"' in answer.text


def test_an_unknown_address_reveals_nothing_to_anonymous_visitors(workspace: Workspace) -> None:
    answer = Client().get("/nowhere/at/all/")
    assert (answer.status_code, workspace.name in answer.text) == (404, False)
    assert 'class="bar__nav"' not in answer.text


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("ada.lovelace", "AL"),
        ("bo", "B"),
        ("", "?"),
        ("...", "?"),
        ("王 小明", "王小"),
        ("a b c", "AB"),
    ],
)
def test_a_person_has_initials_and_a_colour(name: str, letters: str) -> None:
    assert initials(name) == letters
    assert tone(name) == tone(name)
    assert tone(name) in range(TONES)
