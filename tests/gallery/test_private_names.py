"""Names of tags and collections: who can see them, on every page and by every request."""

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from playground.archive.export import Export, write_export
from playground.gallery.models import Collection, Tag
from playground.runs.files import trash
from playground.runs.models import Output, Run
from playground.teams.models import Membership, Role, Workspace
from tests.conftest import read_body
from tests.gallery.conftest import AddPicture

if TYPE_CHECKING:  # the name is in the stubs only
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

TAG, FULL, EMPTY = "merger-with-ACME", "Layoffs 2027", "Prices of next year"
SECRETS = (TAG, FULL, EMPTY)
ACTION_ADDRESS = "/gallery/sort/"
SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
def people(workspace: Workspace, client: Client) -> dict[str, Client]:
    """Clients of the author of the private picture ("maker") and of people with other roles."""
    elsewhere = Workspace.objects.create(name="Elsewhere")
    memberships = {
        "maker": (workspace, Role.MEMBER),
        "member": (workspace, Role.MEMBER),
        "viewer": (workspace, Role.VIEWER),
        "outsider": (elsewhere, Role.OWNER),
    }
    browsers = {"owner": client}
    for name, (where, role) in memberships.items():
        user = User.objects.create_user(name)
        Membership.objects.create(workspace=where, user=user, role=role)
        browsers[name] = Client()
        browsers[name].force_login(user)
    return browsers


OTHERS = ("owner", "member", "viewer", "outsider")


@pytest.fixture
def private_picture(people: dict[str, Client], add_picture: AddPicture) -> Output:
    """The maker's private picture, tagged and in a collection; another collection is empty."""
    output = add_picture(
        "kept", run={"author": User.objects.get(username="maker"), "is_shared": False}
    )
    for do, more in (("tag", {"tag_name": TAG}), ("collect", {"collect_name": FULL})):
        post_action(people["maker"], do, output, **more)
    people["maker"].post("/gallery/collections/", {"name": EMPTY})
    return output


@pytest.fixture
def shared_picture(
    people: dict[str, Client], add_picture: AddPicture, private_picture: Output
) -> Output:
    """A picture of another member, visible to the workspace."""
    return add_picture("shown", run={"author": User.objects.get(username="member")})


def post_action(client: Client, do: str, *outputs: Output, **more: str) -> "Response":
    sent = {"do": do, "output": [str(each.pk) for each in outputs], **more}
    return client.post(ACTION_ADDRESS, sent, headers=SCRIPT)


def addresses() -> Iterator[str]:
    """Yield every address that returns names, also with known ids and guessed words."""
    full, empty = Collection.objects.get(name=FULL), Collection.objects.get(name=EMPTY)
    chosen = [f"?collection={full.pk}", f"?collection={empty.pk}", "?q=merger", "?q=layoffs"]
    for path in ("/gallery/", "/gallery/filters/", "/gallery/take/"):
        yield from (f"{path}{query}" for query in ["", "?trash=1", *chosen])
    for name in (
        "gallery_names",
        "collections",
        "find_by_picture",
        "models",
        "usage",
        "pictures",
        "team",
    ):
        yield reverse(name)
    for output in Output.objects.all():
        yield reverse("picture", args=[output.pk])
        yield output.run.get_absolute_url()


def text_of(response: Any) -> str:
    """Return the text of a response, of a zip that of all its files."""
    return read_packed(read_body(response)) if response.streaming else str(response.text)


def read_packed(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


@pytest.mark.parametrize("person", OTHERS)
def test_no_page_shows_names_of_tags_and_collections_of_private_runs(
    people: dict[str, Client], shared_picture: Output, person: str
) -> None:
    leaks = [
        (page, secret)
        for page in addresses()
        for answer in [text_of(people[person].get(page))]
        for secret in SECRETS
        if secret in answer
    ]
    assert leaks == []


def test_the_creator_finds_all_own_names(people: dict[str, Client], shared_picture: Output) -> None:
    maker = people["maker"]
    for page in ("/gallery/names/", "/gallery/collections/"):
        answer = maker.get(page).text
        assert [secret for secret in SECRETS if secret not in answer] == []
    assert maker.get("/gallery/collections/").text.count("Only you can see it") == 2


def test_exports_omit_private_names_except_the_operator_s(
    people: dict[str, Client], shared_picture: Output, workspace: Workspace
) -> None:
    def exported(membership: Membership | None) -> list[str]:
        written = read_packed(b"".join(write_export(Export(workspace, membership))))
        return [secret for secret in SECRETS if secret in written]

    assert exported(workspace.memberships.get(user__username="ana")) == []
    assert FULL in exported(None)
    answer = text_of(people["owner"].post(reverse("export")))
    assert "shown" in answer
    assert not any(secret in answer for secret in SECRETS)


@pytest.mark.parametrize("person", ["owner", "member"])
@pytest.mark.parametrize("name", [FULL, EMPTY, FULL.upper()])
def test_a_name_used_only_on_private_runs_is_available_to_others(
    people: dict[str, Client], shared_picture: Output, person: str, name: str
) -> None:
    client = people[person]
    assert client.post("/gallery/collections/", {"name": name}).status_code == 302
    assert client.post("/gallery/collections/", {"name": name}).status_code == 422
    assert post_action(client, "collect", shared_picture, collect_name=name).json()["message"] == (
        f"Added 1 picture to “{name}”"
    )
    assert client.get("/gallery/collections/").text.count(f">{name}<") == 1
    hidden = Collection.objects.get(made_by__username="maker", name__iexact=name)
    assert shared_picture not in hidden.outputs.all()


@pytest.mark.parametrize("name", [TAG, TAG.lower()])
def test_a_tag_with_the_name_of_an_invisible_one_is_created(
    people: dict[str, Client], shared_picture: Output, private_picture: Output, name: str
) -> None:
    member = people["member"]
    assert post_action(member, f"untag {name}", shared_picture).text == f"There is no tag “{name}”."
    assert (
        post_action(member, "tag", shared_picture, tag_name=name).json()["message"]
        == f"Tagged 1 picture “{name}”"
    )
    assert (
        post_action(member, f"untag {name}", shared_picture).json()["message"]
        == f"Removed the tag “{name}”"
    )
    assert [tag.name for tag in private_picture.tags.all()] == [TAG]


def test_renaming_does_not_reveal_that_an_invisible_name_exists(
    people: dict[str, Client], shared_picture: Output
) -> None:
    member = people["member"]
    post_action(member, "tag", shared_picture, tag_name="sea")
    post_action(member, "collect", shared_picture, collect_name="Sea")
    tag, collection = Tag.objects.get(name="sea"), Collection.objects.get(name="Sea")
    for path, name in ((f"tags/{tag.pk}", TAG), (f"collections/{collection.pk}", FULL)):
        answer = member.post(f"/gallery/{path}/", {"do": "rename", "name": name})
        assert answer.status_code == 302


@pytest.mark.parametrize("person", OTHERS)
@pytest.mark.parametrize("do", ["rename", "delete"])
def test_an_invisible_collection_or_tag_cannot_be_changed_by_its_id(
    people: dict[str, Client], shared_picture: Output, person: str, do: str
) -> None:
    hidden = [f"collections/{each.pk}" for each in Collection.objects.all()]
    hidden += [f"tags/{each.pk}" for each in Tag.objects.all()]
    unknown = "collections/00000000-0000-4000-8000-000000000000"
    answers = {
        people[person].post(f"/gallery/{path}/", {"do": do, "name": "Mine"}).status_code
        for path in [*hidden, unknown]
    }
    assert answers == ({403} if person == "viewer" else {404})
    assert {each.name for each in Collection.objects.all()} == {FULL, EMPTY}


@pytest.mark.parametrize("do", ["collect", "uncollect", "move"])
def test_nobody_adds_a_picture_to_an_invisible_collection(
    people: dict[str, Client], shared_picture: Output, do: str
) -> None:
    hidden = Collection.objects.get(name=FULL)
    answer = post_action(
        people["member"], f"{do} {hidden.pk}", shared_picture, collect_name=str(hidden.pk)
    )
    assert (answer.status_code, answer.text) == (422, "This collection no longer exists.")
    assert shared_picture not in hidden.outputs.all()


def test_a_name_is_visible_while_it_has_a_visible_picture(
    people: dict[str, Client], private_picture: Output
) -> None:
    viewer = people["viewer"]

    def shown_names() -> list[str]:
        page = viewer.get("/gallery/collections/").text
        return [secret for secret in SECRETS if secret in page]

    Run.objects.filter(pk=private_picture.run_id).update(is_shared=True)
    assert shown_names() == [TAG, FULL]
    Run.objects.filter(pk=private_picture.run_id).update(is_shared=False)
    assert shown_names() == []


def test_a_tag_is_hidden_when_its_picture_is_deleted(
    people: dict[str, Client], private_picture: Output
) -> None:
    trash.delete_now(Output.objects.filter(pk=private_picture.pk))
    for person in OTHERS:
        assert TAG not in people[person].get("/gallery/names/").text


def test_two_tags_of_one_name_are_merged_for_whoever_sees_both(
    people: dict[str, Client], shared_picture: Output, private_picture: Output
) -> None:
    member = people["member"]
    post_action(member, "tag", shared_picture, tag_name=TAG)
    Run.objects.filter(pk=private_picture.run_id).update(is_shared=True)
    page = " ".join(member.get("/gallery/collections/").text.split())
    assert page.count(f">{TAG} <span") == 1
    assert '<span class="visually-hidden">2 pictures</span>' in page
    assert member.get("/gallery/names/").text.count(f'"{TAG}"') == 1
    post_action(member, "tag", private_picture, tag_name=TAG)
    assert private_picture.tags.count() == 1
    tag = Tag.objects.filter(name=TAG).first()
    assert tag
    member.post(f"/gallery/tags/{tag.pk}/", {"do": "rename", "name": "fusion"})
    assert {each.name for each in Tag.objects.all()} == {"fusion"}
    post_action(member, "untag fusion", shared_picture, private_picture)
    assert not Tag.objects.exists()


def test_removing_the_last_picture_can_be_undone(
    people: dict[str, Client], private_picture: Output, shared_picture: Output
) -> None:
    member = people["member"]
    full = Collection.objects.get(name=FULL)
    full.outputs.add(shared_picture)
    done = post_action(member, f"uncollect {full.pk}", shared_picture).json()
    for step in done["undo"]:
        assert post_action(member, step["do"], shared_picture).status_code == 200
    assert [each.name for each in shared_picture.collections.all()] == [FULL]
