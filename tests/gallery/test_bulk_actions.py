"""Bulk actions: stars, tags, collections and the trash, and who may use them."""

import pytest
from django.test import Client

from playground.gallery.models import Tag
from playground.runs.models import Output, Run
from playground.teams.models import Membership, Role, Workspace
from tests.gallery.conftest import AddPicture
from tests.gallery.test_browse import shown

ACTION_ADDRESS = "/gallery/sort/"
SCRIPT = {"X-Requested-With": "fetch"}


def post_action(client: Client, action: str, *outputs: Output, **more: str) -> tuple[int, str]:
    sent = {"do": action, "output": [str(output.pk) for output in outputs], **more}
    response = client.post(ACTION_ADDRESS, sent, headers=SCRIPT)
    message = response.json()["message"] if response.status_code == 200 else response.text
    return response.status_code, message


def test_stars_are_set_on_many_pictures_at_once(client: Client, add_picture: AddPicture) -> None:
    one, two = add_picture("one"), add_picture("two")
    assert post_action(client, "stars 4", one, two) == (200, "Rated 2 pictures 4 stars")
    assert set(Output.objects.values_list("stars", flat=True)) == {4}
    assert "4 stars" in client.get("/gallery/").text


def test_a_tag_is_created_once_in_any_case_and_deleted_when_unused(
    client: Client, add_picture: AddPicture
) -> None:
    one, two = add_picture("one"), add_picture("two")
    post_action(client, "tag", one, tag_name="Best")
    post_action(client, "tag", two, tag_name=" best ")
    assert [tag.outputs.count() for tag in Tag.objects.all()] == [2]
    post_action(client, "untag Best", one, two)
    assert not Tag.objects.exists()


def test_pictures_are_added_to_a_collection(
    client: Client, add_picture: AddPicture, membership: Membership
) -> None:
    assert post_action(client, "collect", add_picture("one"), collect_name="Autumn") == (
        200,
        "Added 1 picture to “Autumn”",
    )
    (collection,) = membership.workspace.collections.all()
    add_picture("two")
    assert shown(client, f"?collection={collection.pk}") == ["one"]


def test_trashed_pictures_are_in_the_trash_and_can_be_restored(
    client: Client, add_picture: AddPicture
) -> None:
    one = add_picture("one")
    assert post_action(client, "trash", one)[1] == "Moved 1 picture to trash"
    assert (shown(client), shown(client, "?trash=1")) == ([], ["one"])
    assert "In the trash" in client.get(one.run.get_absolute_url()).text
    post_action(client, "restore", one)
    assert shown(client) == ["one"]


@pytest.mark.parametrize(("action", "words"), [
    ("stars 6", "A rating is 0 to 5 stars"), ("tag", "Enter a name"), ("burn", "Choose an action"),
    ("untag no", "There is no tag"), ("tag " + "x" * 41, "at most 40 characters"),
])  # fmt: skip
def test_an_impossible_action_is_explained(
    client: Client, add_picture: AddPicture, action: str, words: str
) -> None:
    status, message = post_action(client, action, add_picture("one"))
    assert status == 422
    assert words in message


def test_an_empty_selection_is_reported_and_invalid_ids_are_ignored(
    client: Client, add_picture: AddPicture
) -> None:
    add_picture("one")
    response = client.post(ACTION_ADDRESS, {"do": "trash", "output": ["x", ""]}, headers=SCRIPT)
    assert (response.status_code, response.text) == (422, "Select a picture first.")


def test_without_javascript_an_action_redirects_back_with_a_message(
    client: Client, add_picture: AddPicture
) -> None:
    sent = {"do": "stars 2", "output": str(add_picture("one").pk), "back": "/gallery/?q=one"}
    response = client.post(ACTION_ADDRESS, sent, follow=True)
    assert response.redirect_chain == [("/gallery/?q=one", 302)]
    assert "Rated 1 picture 2 stars" in response.text


def test_without_javascript_an_action_on_the_board_redirects_to_the_board(
    client: Client, add_picture: AddPicture
) -> None:
    output = add_picture("one")
    board = output.run.spec.get_absolute_url()
    form = client.get(board).text.partition('<form id="picked"')[2]
    assert f'name="back" value="{board}"' in form
    sent = {"do": "stars 2", "output": str(output.pk), "back": board}
    response = client.post(ACTION_ADDRESS, sent, follow=True)
    assert response.redirect_chain == [(board, 302)]
    assert "Rated 1 picture 2 stars" in response.text
    assert f'name="back" value="{board}"' in response.text.partition("action-notice")[2]


@pytest.mark.parametrize("back", ["https://evil.example/gallery/", "//evil.example", "/team/", ""])
def test_an_action_redirects_to_no_other_site(
    client: Client, add_picture: AddPicture, back: str
) -> None:
    sent = {"do": "stars 2", "output": str(add_picture("one").pk), "back": back}
    assert client.post(ACTION_ADDRESS, sent)["Location"] == "/gallery/"


def test_a_viewer_cannot_change_pictures(client: Client, add_picture: AddPicture) -> None:
    one = add_picture("one")
    Membership.objects.update(role=Role.VIEWER)
    assert post_action(client, "stars 4", one)[0] == 403
    page = client.get("/gallery/").text
    assert 'name="do"' not in page
    assert "Contact sheet" in page


def test_nobody_changes_pictures_they_may_not_see(
    client: Client, add_picture: AddPicture, workspace: Workspace
) -> None:
    one = add_picture("one")
    Run.objects.update(workspace=Workspace.objects.create(name="Theirs"))
    post_action(client, "stars 4", one)
    one.refresh_from_db()
    assert one.stars == 0


@pytest.mark.parametrize("action", [
    "stars 4", "trash", "tag new", "untag old", "collect New", "uncollect Old", "move Old",
])  # fmt: skip
def test_each_action_answers_with_its_undo(
    client: Client, add_picture: AddPicture, membership: Membership, action: str
) -> None:
    one, two = add_picture("one"), add_picture("two")
    Output.objects.filter(pk=two.pk).update(stars=2)
    membership.workspace.tags.create(name="old").outputs.add(one)
    membership.workspace.collections.create(name="Old").outputs.add(one)
    before = states_of(one, two)
    sent = {"do": action, "output": [one.pk, two.pk], "collect_name": "Other"}
    done = client.post(ACTION_ADDRESS, sent, headers=SCRIPT).json()
    assert states_of(one, two) != before
    for step in done["undo"]:
        client.post(ACTION_ADDRESS, {"do": step["do"], "output": step["outputs"]}, headers=SCRIPT)
    assert states_of(one, two) == before


def states_of(*outputs: Output) -> list[tuple[int, bool, set[str], set[str]]]:
    found = []
    for output in outputs:
        output.refresh_from_db()
        tags, collections = output.tags.all(), output.collections.all()
        found.append(
            (output.stars, bool(output.trashed_at), set(map(str, tags)), set(map(str, collections)))
        )
    return found


def test_without_javascript_a_button_undoes_the_last_action(
    client: Client, add_picture: AddPicture
) -> None:
    sent = {"do": "trash", "output": str(add_picture("one").pk), "back": "/gallery/"}
    assert 'value="undo"' in client.post(ACTION_ADDRESS, sent, follow=True).text
    assert "Undone" in client.post(ACTION_ADDRESS, {"do": "undo"}, follow=True).text
    assert shown(client) == ["one"]
    assert "Nothing to undo" in client.post(ACTION_ADDRESS, {"do": "undo"}, follow=True).text


def test_moved_pictures_are_only_in_the_other_collection(
    client: Client, add_picture: AddPicture, membership: Membership
) -> None:
    one = add_picture("one")
    post_action(client, "collect", one, collect_name="Draft")
    assert post_action(client, "move Draft", one, collect_name="Best") == (
        200,
        "Moved 1 picture to “Best”",
    )
    assert [str(each) for each in one.collections.all()] == ["Best"]
    assert post_action(client, "move Best", one, collect_name="best")[0] == 422
