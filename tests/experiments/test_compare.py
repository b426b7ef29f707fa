"""The page that shows two to six outputs side by side."""

import re
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from playground.catalog.models import ModelSpec
from playground.runs.models import MediaFile, Output
from playground.teams.models import Membership, Role, Workspace
from tests.gallery.conftest import AddPicture
from tests.rolled_back import rolled_back

pytestmark = pytest.mark.once

COMPARE = "/compare/"
WHITESPACE, TAGS = re.compile(r"\s+"), re.compile(r"<[^>]+>")
ROW = re.compile(r"<tr (data-same)?>\s*<th scope=\"row\">(.*?)</th>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td>(.*?)</td>", re.DOTALL)


def address(*outputs: Output | str) -> str:
    ids = [str(getattr(each, "pk", each)) for each in outputs]
    return f"{COMPARE}?{'&'.join(f'o={each}' for each in ids)}"


def read(client: Client, *outputs: Output | str, status: int = 200) -> str:
    response = client.get(address(*outputs))
    assert response.status_code == status
    return response.text


def text_of(html: str) -> str:
    return WHITESPACE.sub(" ", TAGS.sub(" ", html)).strip()


def differing_rows(page: str) -> dict[str, list[str]]:
    """Return the cells of the rows that differ, by title, without any tag but <mark>."""
    keep = re.compile(r"<(?!/?mark\b)[^>]*>")
    return {
        text_of(title): [
            WHITESPACE.sub(" ", keep.sub(" ", cell)).replace("<mark >", "<mark>").strip()
            for cell in CELL.findall(cells)
        ]
        for same, title, cells in ROW.findall(page)
        if not same
    }


def compared_ids(page: str) -> list[str]:
    return re.findall(r'id="compared-([0-9a-f-]{36})"', page)


# What the page shows


def test_outputs_are_compared_in_the_order_of_the_address(
    client: Client, add_picture: AddPicture
) -> None:
    first, second, third = (add_picture(f"picture {number}") for number in range(3))
    page = read(client, third, first, second)
    assert compared_ids(page) == [str(output.pk) for output in (third, first, second)]


def test_only_inputs_that_differ_are_listed_by_their_titles(
    client: Client, add_picture: AddPicture
) -> None:
    one = add_picture("a lighthouse", output_format="png", n=1)
    other = add_picture("a lighthouse", output_format="jpeg", n=1)
    page = read(client, one, other)
    assert differing_rows(page) == {"Output format": ["png", "jpeg"]}
    assert "Prompt" in [text_of(title) for same, title, _ in ROW.findall(page) if same]


def test_words_that_differ_between_prompts_are_marked(
    client: Client, add_picture: AddPicture
) -> None:
    page = read(client, add_picture("a lighthouse at dusk"), add_picture("a lighthouse at dawn"))
    short, whole = "a lighthouse at <mark>dusk</mark>", "a lighthouse at <mark>dawn</mark>"
    assert differing_rows(page)["Prompt"] == [f"{short} {short}", f"{whole} {whole}"]


def test_an_input_missing_in_one_run_is_shown_as_not_set(
    client: Client, add_picture: AddPicture
) -> None:
    page = read(client, add_picture("a lighthouse", resolution="4k"), add_picture("a lighthouse"))
    assert "Not set" in differing_rows(page)["Resolution"]


def test_outputs_of_one_run_have_the_same_inputs(client: Client, add_picture: AddPicture) -> None:
    run = add_picture("a lighthouse", count=2).run
    page = read(client, *run.outputs.all())
    assert differing_rows(page) == {}
    assert "All inputs are the same." in page


def test_different_models_are_named(
    client: Client, add_picture: AddPicture, seedream: ModelSpec
) -> None:
    other = ModelSpec.objects.publish("sketch", **{**seedream.facts, "title": "Sketch"})
    page = read(
        client, add_picture("a lighthouse"), add_picture("a lighthouse", run={"spec": other})
    )
    assert differing_rows(page)["Model"] == [seedream.title, "Sketch"]


def test_a_secret_that_differs_is_not_shown(client: Client, add_picture: AddPicture) -> None:
    with_secret = {"properties": {"prompt": {"type": "string"}, "pin": {"writeOnly": True}}}
    spec = ModelSpec.objects.publish(
        "vault", title="Vault", schema=with_secret, provider="mindvideo"
    )
    added = [add_picture("a safe", run={"spec": spec}, pin=pin) for pin in ("secret-1", "secret-2")]
    page = read(client, *added)
    assert "secret-" not in page
    assert "Pin" in page


def test_originals_are_not_loaded_before_zooming(client: Client, add_picture: AddPicture) -> None:
    added = [add_picture(f"picture {number}", size=(40, 30)) for number in range(6)]
    MediaFile.objects.update(medium="m.webp", large="l.webp", is_sized=True)
    page = read(client, *added)
    for output in added:
        original = output.get_absolute_url()
        assert page.count(f'"{original}"') == page.count(f'data-original="{original}"') == 1
        assert f"{original}sizes/large/ " in page


def test_a_large_picture_without_smaller_copies_is_not_loaded(
    client: Client, add_picture: AddPicture
) -> None:
    added = [add_picture(f"picture {number}", size=(40, 30)) for number in range(2)]
    page = read(client, *added)
    assert not re.search(r"/outputs/[0-9a-f-]{36}/ \d+w", page)


@pytest.mark.parametrize("kind", ["video", "audio", "text", "file"])
def test_outputs_that_are_no_pictures_are_shown(
    client: Client, add_picture: AddPicture, kind: str
) -> None:
    added = [add_picture(f"a {kind}"), add_picture(f"another {kind}")]
    types = {"video": "video/mp4", "audio": "audio/mpeg", "text": "text/plain", "file": "a/b"}
    MediaFile.objects.update(kind=kind, content_type=types[kind], thumbnail="", width=None)
    page = read(client, *added)
    assert "data-show=" not in page
    assert "data-zoomable" not in page


def test_outputs_can_be_removed_until_two_are_left(client: Client, add_picture: AddPicture) -> None:
    one, two, three = (add_picture(f"picture {number}") for number in range(3))
    page = read(client, one, two, three)
    assert address(one, three).replace("&", "&amp;") in page
    assert "from the comparison" not in read(client, one, two)


def test_the_number_of_queries_does_not_grow_with_pictures(
    client: Client, add_picture: AddPicture, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    added = [add_picture(f"picture {number}") for number in range(6)]
    read(client, *added)
    with django_assert_max_num_queries(12):
        read(client, *added)


# Who sees the page


def test_private_outputs_of_others_are_not_found(
    client: Client, bo: Client, add_picture: AddPicture
) -> None:
    private, shared = add_picture("a secret", run={"is_shared": False}), add_picture("a lighthouse")
    assert "a secret" in read(client, private, shared)
    page = read(bo, private, shared, status=404)
    assert "a secret" not in page
    assert "does not exist or is private" in page


def test_outputs_of_another_workspace_are_not_found(
    client: Client, add_picture: AddPicture, ana: User
) -> None:
    elsewhere = Workspace.objects.create(name="Elsewhere")
    Membership.objects.create(
        workspace=elsewhere, user=User.objects.create_user("cy"), role="owner"
    )
    there = add_picture("theirs", run={"workspace": elsewhere})
    assert "theirs" not in read(client, there, add_picture("ours"), status=404)


def test_viewers_can_look_but_change_nothing(
    client: Client, add_picture: AddPicture, workspace: Workspace
) -> None:
    user = User.objects.create_user("vi")
    Membership.objects.create(workspace=workspace, user=user, role=Role.VIEWER)
    viewer = Client()
    viewer.force_login(user)
    page = read(viewer, add_picture("one"), add_picture("other"))
    assert "stars" not in page.split("<main")[1].split("</main")[0]
    assert "Vary" not in page


# How the page is opened


def test_comparing_selected_pictures_redirects_to_their_address(
    client: Client, add_picture: AddPicture
) -> None:
    one, other = add_picture("one"), add_picture("other")
    response = client.post(COMPARE, {"output": [one.pk, other.pk], "back": "/gallery/?q=o"})
    assert response.headers["Location"] == address(one, other)


def test_too_many_selected_pictures_redirect_back_with_a_message(
    client: Client, add_picture: AddPicture
) -> None:
    added = [add_picture(f"picture {number}").pk for number in range(7)]
    response = client.post(COMPARE, {"output": added, "back": "/gallery/?q=picture"})
    assert response.status_code == 400
    assert 'href="/gallery/?q=picture"' in response.text
    assert "these are 7" in response.text


def test_actions_without_javascript_return_to_the_comparison(
    client: Client, add_picture: AddPicture
) -> None:
    back = address(one := add_picture("one"), add_picture("other"))
    response = client.post("/gallery/sort/", {"do": "stars 4", "output": one.pk, "back": back})
    assert response.headers["Location"] == back
    page = client.get(back).text
    assert "Rating of A: 4 stars" in page
    assert 'value="undo"' in page


# Invalid addresses


@pytest.mark.parametrize(
    ("ids", "status", "words"),
    [
        ([], 200, "Choose 2 to 6 pictures"),
        (["real"], 200, "Choose 2 to 6 pictures"),
        (["real", "real"], 200, "Choose 2 to 6 pictures"),
        (["real", "unknown"], 404, "1 picture does not exist"),
        (["unknown", "other unknown"], 404, "2 pictures do not exist"),
        (["not-an-id"], 404, "1 picture does not exist"),
        (["real", "not-an-id"], 404, "1 picture does not exist"),
        (["", "'; --", "\0"], 404, "3 pictures do not exist"),
        ([str(uuid.UUID(int=number)) for number in range(7)], 400, "these are 7"),
        ([str(uuid.UUID(int=number)) for number in range(900)], 400, "these are 900"),
    ],
)
def test_an_impossible_comparison_is_explained_with_a_way_back(
    client: Client, add_picture: AddPicture, ids: Sequence[str], status: int, words: str
) -> None:
    names = {"real": str(add_picture("real").pk), "unknown": str(uuid.uuid4())}
    response = client.get(COMPARE, {"o": [names.get(each, each) for each in ids]})
    assert response.status_code == status
    assert words in response.text
    assert 'href="/gallery/"' in response.text.split("<main")[1]


def test_trashed_pictures_are_named_and_the_rest_can_be_compared(
    client: Client, add_picture: AddPicture
) -> None:
    one, two, gone = add_picture("one"), add_picture("two"), add_picture("gone")
    Output.objects.filter(pk=gone.pk).update(trashed_at=timezone.now())
    page = read(client, one, gone, two, status=404)
    assert "1 picture is in the trash." in page
    assert address(one, two).replace("&", "&amp;") in page


def test_deleted_or_missing_outputs_are_not_found(client: Client, add_picture: AddPicture) -> None:
    one, deleted, awaited = add_picture("one"), add_picture("deleted"), add_picture("awaited")
    Output.objects.filter(pk=awaited.pk).update(file=None)
    with rolled_back():
        deleted.run.delete()
        assert "1 picture does not exist" in read(client, one, deleted, status=404)
    assert "1 picture does not exist" in read(client, one, awaited, status=404)
