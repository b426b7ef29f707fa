"""The page of collections and tags: creating, renaming and deleting them."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from playground.gallery.models import Collection
from playground.runs.models import Output
from playground.teams.models import Membership, Role
from tests.gallery.conftest import AddPicture

PAGE = "/gallery/collections/"


@pytest.fixture
def autumn(client: Client, membership: Membership) -> Collection:
    client.post(PAGE, {"name": " Autumn "})
    return membership.workspace.collections.get(name="Autumn")


def change(client: Client, collection: Collection, do: str, name: str = "") -> str:
    sent = {"do": do, "name": name}
    return client.post(f"{PAGE}{collection.pk}/", sent, follow=True).text


def test_each_collection_shows_its_newest_picture_and_its_count(
    client: Client, add_picture: AddPicture, autumn: Collection
) -> None:
    old, new, thrown = add_picture("old"), add_picture("new"), add_picture("thrown")
    autumn.outputs.add(old, new, thrown)
    client.post("/gallery/sort/", {"do": "trash", "output": thrown.pk})
    page = client.get(PAGE).text
    assert new.thumbnail_url in page
    assert "2 pictures" in page


def test_private_pictures_of_others_are_neither_cover_nor_counted(
    client: Client, add_picture: AddPicture, autumn: Collection
) -> None:
    bo = User.objects.create_user("bo")
    kept = add_picture("kept", run={"author": bo, "is_shared": False})
    autumn.outputs.add(kept)
    page = client.get(PAGE).text
    assert "0 pictures" in page
    assert kept.thumbnail_url not in page


def test_a_collection_is_renamed_and_deleted_and_its_pictures_stay(
    client: Client, add_picture: AddPicture, autumn: Collection
) -> None:
    autumn.outputs.add(add_picture("one"))
    assert "Renamed “Autumn” to “Winter”" in change(client, autumn, "rename", "Winter")
    assert "Winter" in client.get(f"/gallery/?collection={autumn.pk}").text
    change(client, autumn, "delete")
    assert not Collection.objects.exists()
    assert Output.objects.exists()


@pytest.mark.parametrize(("name", "words"), [
    ("", "Enter a name"), ("\0", "Enter a name"), ("SPRING", "“SPRING” already exists"),
    ("x" * 101, "at most 100 characters"),
])  # fmt: skip
def test_an_invalid_name_is_refused_with_a_message(
    client: Client, autumn: Collection, name: str, words: str
) -> None:
    client.post(PAGE, {"name": "Spring"})
    assert words in client.post(PAGE, {"name": name}).text
    assert words in change(client, autumn, "rename", name)
    autumn.refresh_from_db()
    assert autumn.name == "Autumn"


def test_only_the_creator_or_an_owner_changes_a_collection(
    client: Client, autumn: Collection, ana: User
) -> None:
    Membership.objects.update(role=Role.MEMBER)
    assert "to “Mine”" in change(client, autumn, "rename", "Mine")
    Collection.objects.update(made_by=None)
    assert "Only the person who made this collection" in change(client, autumn, "delete")
    assert Collection.objects.exists()


def test_a_tag_is_renamed_and_deleted_on_the_page(
    client: Client, add_picture: AddPicture, membership: Membership
) -> None:
    tag = membership.workspace.tags.create(name="best")
    tag.outputs.add(add_picture("one"))
    client.post(f"/gallery/tags/{tag.pk}/", {"do": "rename", "name": "finest"})
    assert "finest" in client.get(PAGE).text
    client.post(f"/gallery/tags/{tag.pk}/", {"do": "delete"})
    assert not membership.workspace.tags.exists()


def test_the_number_of_queries_does_not_grow_with_collections(
    client: Client, membership: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(9):
        client.post(PAGE, {"name": f"number {number}"})
        membership.workspace.tags.create(name=f"tag {number}")
    client.get(PAGE)
    with django_assert_max_num_queries(8):
        client.get(PAGE)


def test_fields_suggest_existing_names(
    client: Client, autumn: Collection, membership: Membership
) -> None:
    membership.workspace.tags.create(name="best")
    offered = client.get("/gallery/names/").text
    assert '<option value="Autumn">' in offered
    assert '<option value="best">' in offered
