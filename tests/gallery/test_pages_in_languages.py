"""Whole pages in a pseudo-language without Latin letters, with data that has none, either."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from playground.catalog.models import ModelSpec
from playground.gallery.models import Collection, Tag
from playground.runs.models import MediaFile, Output, Run
from playground.teams.models import Membership, Role, Workspace
from tests.gallery.conftest import AddPicture
from tests.pseudo_language import IN_CHINESE, parse, read_texts, untranslated, widen

pytestmark = [pytest.mark.usefixtures("pseudo_chinese"), pytest.mark.once]

SCHEMA = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string", "title": "词"},
        "n": {"type": "integer", "title": "数", "default": 1},
    },
}


def untranslated_on(page: str) -> list[str]:
    """Return the texts of a page that contain Latin letters."""
    texts = (" ".join(text.split()) for text in read_texts(parse(page)))
    return [text for text in texts if untranslated(text)]


@pytest.fixture
def picture(
    ana: User, workspace: Workspace, seedream: ModelSpec, add_picture: AddPicture
) -> Output:
    """A picture with a tag and a collection, made from another one; all names are Chinese."""
    User.objects.filter(pk=ana.pk).update(username="安")
    Workspace.objects.filter(pk=workspace.pk).update(name="家")
    ModelSpec.objects.filter(pk=seedream.pk).update(title="海", schema=SCHEMA)
    source = add_picture("灯塔", count=2)
    output = add_picture("灯塔二", run={"made_from": source.run, "cost_actual": "0.2"}, n=3)
    Output.objects.filter(pk=output.pk).update(stars=2)
    Run.objects.filter(pk=output.run_id).update(is_shared=False)
    output.tags.add(Tag.objects.create(workspace=workspace, name="好"))
    collection = Collection.objects.create(workspace=workspace, name="集", made_by=ana)
    collection.outputs.add(output)
    return output


# The address of each page, and a text on it.
PAGES: dict[str, tuple[Callable[[Output], str], str]] = {
    "gallery": (lambda _: "/gallery/", "Search by image"),
    "what is found": (lambda _: "/gallery/?q=灯塔&stars=1&days=7&least=0.1", "Clear filters"),
    "nothing found": (lambda _: "/gallery/?q=无", "No pictures match."),
    "no earlier": (
        lambda picture: f"/gallery/?after=2020-01-01T00:00:00%2B00:00_{picture.run_id}_0",
        "No earlier pictures.",
    ),
    "collection": (
        lambda picture: f"/gallery/?collection={picture.collections.get().pk}",
        "Move there",
    ),
    "filters": (lambda _: "/gallery/filters/?stars=1", "Show pictures"),
    "empty trash": (lambda _: "/gallery/?trash=1", "The trash is empty."),
    "collections": (lambda _: "/gallery/collections/", "Delete collection"),
    "search by image": (lambda _: "/gallery/find-by-picture/", "Choose an image"),
    "picture": (lambda picture: f"/gallery/{picture.pk}/", "Close, back to the gallery"),
    "from the board": (
        lambda picture: f"/gallery/{picture.pk}/?from=board",
        "Close, back to the results",
    ),
    "from its run": (
        lambda picture: f"/gallery/{picture.pk}/?from=run&run={picture.run_id}",
        "Close, back to the run",
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_every_gallery_page_is_translated(client: Client, picture: Output, name: str) -> None:
    address, text = PAGES[name]
    answer = client.get(address(picture), headers=IN_CHINESE)
    assert answer.status_code == HTTPStatus.OK
    assert widen(text) in answer.text
    assert untranslated_on(answer.text) == []


@pytest.mark.parametrize("path", ["/gallery/?trash=1", "/gallery/{}/?trash=1"])
def test_the_trash_is_translated(client: Client, picture: Output, path: str) -> None:
    Output.objects.filter(pk=picture.pk).update(trashed_at=timezone.now())
    page = client.get(path.format(picture.pk), headers=IN_CHINESE).text
    assert picture.run.headline in page
    assert untranslated_on(page) == []


def test_the_confirmation_of_a_deletion_is_translated(client: Client, picture: Output) -> None:
    Output.objects.filter(pk=picture.pk).update(trashed_at=timezone.now())
    answer = client.post(
        "/gallery/sort/", {"do": "delete", "output": picture.pk}, headers=IN_CHINESE
    )
    assert picture.run.headline in answer.text
    assert untranslated_on(answer.text) == []


@pytest.mark.parametrize("kind", ["video", "audio", "text", "file"])
@pytest.mark.parametrize("path", ["/gallery/", "/gallery/{}/"])
def test_the_page_of_an_output_that_is_no_picture_is_translated(
    client: Client, picture: Output, kind: str, path: str
) -> None:
    MediaFile.objects.filter(outputs=picture).update(kind=kind, thumbnail="")
    page = client.get(path.format(picture.pk), headers=IN_CHINESE).text
    assert widen("Download") in page
    assert untranslated_on(page) == []


@pytest.mark.parametrize("path", ["/gallery/", "/gallery/collections/", "/gallery/?trash=1"])
def test_an_empty_page_is_translated(
    client: Client, ana: User, workspace: Workspace, path: str
) -> None:
    User.objects.filter(pk=ana.pk).update(username="安")
    Workspace.objects.filter(pk=workspace.pk).update(name="家")
    page = client.get(path, headers=IN_CHINESE).text
    assert widen("Skip to the content") in page
    assert untranslated_on(page) == []


@pytest.mark.parametrize("path", ["/gallery/", "/gallery/{}/"])
def test_the_pages_of_a_viewer_are_translated(picture: Output, path: str) -> None:
    Run.objects.filter(pk=picture.run_id).update(is_shared=True)
    viewer, client = User.objects.create_user("看"), Client()
    Membership.objects.create(workspace=picture.run.workspace, user=viewer, role=Role.VIEWER)
    client.force_login(viewer)
    page = client.get(path.format(picture.pk), headers=IN_CHINESE).text
    assert picture.run.headline in page
    assert untranslated_on(page) == []


def test_the_not_found_page_is_translated(client: Client, picture: Output) -> None:
    answer = client.get("/无/", headers=IN_CHINESE)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert widen("Page not found") in answer.text
    assert untranslated_on(answer.text) == []


def test_the_csrf_failure_page_is_translated(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    User.objects.filter(pk=ana.pk).update(username="安")
    client.force_login(ana)
    answer = client.post("/gallery/sort/", headers=IN_CHINESE)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert widen("This page expired") in answer.text
    assert untranslated_on(answer.text) == []


def test_an_untranslated_text_is_detected() -> None:
    page = '<title>图 · Playground</title><p title="Two">三</p><kbd>Esc</kbd><code>curl</code>Four'
    assert untranslated_on(page) == ["Two", "Four"]
