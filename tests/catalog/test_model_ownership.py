"""Ownership of models, by a workspace or the installation, and who may change them."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse

from playground.catalog import urls
from playground.catalog.models import ModelSpec, ModelSpecQuerySet
from playground.compose import restoring
from playground.runs.files.embedded_inputs import EmbeddedInputs
from playground.runs.models import Run
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.catalog.browser import fill, press
from tests.catalog.pages import PAGE, SCHEMA
from tests.rolled_back import rolled_back

SEEDREAM, OURS, COPIED = "doubao-seedream-5-0-lite", "ours", "copied"
STRANGER, VIEWER, MEMBER, OWNER = "stranger", "viewer", "member", "owner"
OUTSIDER, SUPERUSER = "owner of another workspace", "superuser who only looks here"
PEOPLE = (STRANGER, VIEWER, MEMBER, OWNER, OUTSIDER, SUPERUSER)

# Status codes in the order of PEOPLE. A stranger is redirected to the login page.
INSTALLATION_S = (302, 403, 403, 403, 403, 302)
WORKSPACE_S = (302, 403, 403, 302, 404, 403)
ANYBODY_S = (302, 403, 403, 302, 302, 302)
OF_OWNERS = (302, 403, 403, 302, 302, 403)
TABLE: tuple[tuple[str, str, str, tuple[int, ...]], ...] = (
    # route, slug, name of the sent data, status codes
    ("find_model", "", "page", (302, 403, 403, 200, 200, 200)),
    ("new_model", "", "new", ANYBODY_S),
    ("edit_model", SEEDREAM, "retitle", INSTALLATION_S),
    ("edit_model", SEEDREAM, "reprice", INSTALLATION_S),
    ("edit_model", SEEDREAM, "reorder", INSTALLATION_S),
    ("import_model", SEEDREAM, "page", (302, 403, 403, 403, 403, 200)),
    ("retire_model", SEEDREAM, "retire", INSTALLATION_S),
    ("copy_model", SEEDREAM, "nothing", OF_OWNERS),
    ("drop_copy", SEEDREAM, "nothing", (302, 403, 403, 404, 404, 403)),  # there is no copy
    ("edit_model", OURS, "retitle", WORKSPACE_S),
    ("edit_model", OURS, "reprice", WORKSPACE_S),
    ("edit_model", OURS, "reorder", WORKSPACE_S),
    ("import_model", OURS, "page", (302, 403, 403, 200, 404, 403)),
    ("retire_model", OURS, "retire", WORKSPACE_S),
    ("copy_model", OURS, "nothing", WORKSPACE_S),  # already a model of the workspace: no change
    ("drop_copy", OURS, "nothing", (302, 403, 403, 404, 404, 403)),  # there is no original
    ("edit_model", COPIED, "retitle", (302, 403, 403, 302, 403, 403)),
    ("retire_model", COPIED, "retire", (302, 403, 403, 302, 403, 403)),
    ("drop_copy", COPIED, "nothing", (302, 403, 403, 302, 404, 403)),
)
CHANGES_NOTHING = {"find_model", "import_model"}  # they show what was found; edit_model saves it


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEditors:
    people: dict[str, Client]
    workspaces: dict[str, Workspace | None]  # owner of the models that each person may change
    sent: dict[tuple[str, str], dict[str, Any]]

    def post(self, person: str, route: str, slug: str, what: str) -> tuple[int, set[Any]]:
        """Return the status and the owners of the changed models; roll the changes back."""
        address = reverse(route, args=[slug] if slug else [])
        with rolled_back():
            before = dict(rows())
            answer = self.people[person].post(address, self.sent[slug, what])
            after = dict(rows())
        changed = {pk for pk in before | after if before.get(pk) != after.get(pk)}
        return answer.status_code, {(before | after)[pk]["workspace_id"] for pk in changed}


def rows() -> Iterator[tuple[Any, dict[str, Any]]]:
    for row in ModelSpec.objects.values():
        yield row["id"], dict(row)


@pytest.fixture
def others(workspace: Workspace) -> Workspace:
    return Workspace.objects.create(name="Others")


@pytest.fixture
def olga(others: Workspace) -> Client:
    """The browser of an owner of another workspace."""
    return enter("olga", others, Role.OWNER)


@pytest.fixture
def root(workspace: Workspace, ana: User) -> Client:
    """The browser of a superuser who is a viewer of the workspace."""
    client = enter("root", workspace, Role.VIEWER)
    User.objects.filter(username="root").update(is_superuser=True)
    return client


def enter(name: str, workspace: Workspace, role: Role) -> Client:
    user = User.objects.create_user(name)
    Membership.objects.create(workspace=workspace, user=user, role=role)
    client = Client()
    client.force_login(user)
    return client


def publish(slug: str, workspace: Workspace | None, **facts: Any) -> ModelSpec:
    wanted = {"title": f"{slug} of {workspace or 'all'}", "schema": SCHEMA} | facts
    return ModelSpec.objects.publish(slug, workspace=workspace, **wanted)


@pytest.fixture
def editors(
    client: Client, others: Workspace, olga: Client, root: Client, seedream: ModelSpec
) -> ModelEditors:
    workspace = Workspace.objects.first_one()
    publish(OURS, workspace)
    publish(COPIED, None)
    publish(COPIED, workspace)
    people = {STRANGER: Client(), OWNER: client, OUTSIDER: olga, SUPERUSER: root}
    for name, role in ((VIEWER, Role.VIEWER), (MEMBER, Role.MEMBER)):
        people[name] = enter(name, workspace, role)
    sent = {("", "page"): {"text": PAGE}, ("", "new"): new_model(client)}
    for slug, editor in ((SEEDREAM, root), (OURS, client), (COPIED, client)):
        sent |= {(slug, what): data for what, data in edit_forms(editor, slug)}
    whose = {OWNER: workspace, OUTSIDER: others, SUPERUSER: None}
    return ModelEditors(people=people, workspaces=whose, sent=sent)


def edit_forms(editor: Client, slug: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the data that an editor of a model sends, by name, with all confirmations."""
    opened = editor.get(reverse("edit_model", args=[slug]))
    form = fill(opened)
    yield "retitle", form | {"do": "save", "title": "Taken over"}
    for what, typed in {
        "reprice": {"amount": "0.00000001"},
        "reorder": {"places-0-position": "9"},
    }.items():
        review = press(editor, opened, "save", **typed)
        assert "What changes" in review.text
        yield what, fill(review) | {"seal": find_seal(review)}
    yield "page", {"text": PAGE}
    yield "retire", {"retired": "yes"}
    yield "nothing", {}


def find_seal(review: Any) -> str:
    text: str = review.text
    return text.partition('name="seal" value="')[2].partition('"')[0]


def new_model(editor: Client) -> dict[str, Any]:
    form = fill(editor.post(reverse("find_model"), {"text": PAGE}))
    return form | {"do": "save"}


def test_every_address_that_changes_a_model_is_in_the_table() -> None:
    named = {pattern.name for pattern in urls.urlpatterns} - {"models"}
    assert named == {route for route, *_ in TABLE}
    assert named <= {name for name in get_resolver().reverse_dict if isinstance(name, str)}


@pytest.mark.once
def test_each_person_changes_only_their_own_models(editors: ModelEditors) -> None:
    wrong = []
    for (route, slug, what, expected), (number, person) in itertools.product(
        TABLE, enumerate(PEOPLE)
    ):
        status, changed = editors.post(person, route, slug, what)
        is_done = status == 302 and person != STRANGER and (route, slug) != ("copy_model", OURS)
        theirs = editors.workspaces.get(person)
        allowed = {theirs.pk if theirs else None} if is_done else set()
        if (status, changed) != (expected[number], allowed):
            wrong.append((person, route, slug, what, status, changed))
    assert wrong == []


def test_a_model_of_another_workspace_is_not_found(
    olga: Client, workspace: Workspace, seedream: ModelSpec
) -> None:
    publish(OURS, workspace, title="A secret of ours")
    assert "A secret of ours" not in olga.get("/models/").text
    for path in ("", "edit/", "edit/?for=workspace", "edit/?for=everybody", "import/", "presets/"):
        assert olga.get(f"/models/{OURS}/{path}").status_code == 404


def test_owners_find_their_models_in_settings(
    olga: Client, others: Workspace, seedream: ModelSpec
) -> None:
    own = olga.get("/models/").text
    assert 'aria-label="Settings"' in own
    assert "<h1>Models</h1>" in own
    piece = olga.get("/models/?q=see", headers={"HX-Request": "true"}).text
    assert "<h1" not in piece
    member = enter("mia", others, Role.MEMBER).get("/models/").text
    assert 'aria-label="Settings"' not in member
    assert "<h1>Choose a model</h1>" in member


def test_a_filter_by_a_model_of_another_workspace_does_not_name_it(
    olga: Client, workspace: Workspace
) -> None:
    publish(OURS, workspace, title="A secret of ours")
    assert "A secret of ours" not in olga.get("/gallery/filters/", {"model": OURS}).text


def test_a_picture_of_a_model_of_another_workspace_does_not_name_it(
    olga: Client, others: Workspace, workspace: Workspace, seedream: ModelSpec
) -> None:
    publish(OURS, workspace, title="A secret of ours")
    picture = EmbeddedInputs(run=uuid.uuid4(), model=OURS, inputs={"prompt": "x"}, files=())
    (membership,) = Membership.objects.filter(workspace=others)
    assert restoring.model_title(picture, seedream, membership) == (
        f"It was made with another model, {OURS}.",
    )


def test_the_gallery_names_models_that_moved_to_another_workspace(
    client: Client, others: Workspace, finished: Run
) -> None:
    ModelSpec.objects.filter(pk=finished.spec_id).update(workspace=others)
    assert finished.spec.title in client.get("/gallery/filters/").text


def test_a_run_of_an_unavailable_model_links_to_other_models(client: Client, run: Run) -> None:
    client.post(f"/models/{SEEDREAM}/copy/")
    client.post(f"/models/{SEEDREAM}/retire/", {"retired": "yes"})
    page = client.get(f"/models/{SEEDREAM}/", {"from": str(run.pk)}, follow=True)
    assert "is no longer available" in page.text


def test_a_slug_used_in_another_workspace_is_available(
    olga: Client, others: Workspace, workspace: Workspace
) -> None:
    publish("dreamer-2-0-lite", workspace, title="Ours")
    assert press(olga, olga.post("/models/new/", {"text": PAGE}), "save").status_code == 302
    mine = ModelSpec.objects.newest(others).get(slug="dreamer-2-0-lite")
    assert (mine.title, mine.version) == ("Dreamer 2 Lite", 1)
    assert ModelSpec.objects.newest(workspace).get(slug="dreamer-2-0-lite").title == "Ours"


def test_a_new_model_with_an_existing_slug_is_refused_with_advice(
    client: Client, workspace: Workspace
) -> None:
    publish("dreamer-2-0-lite", None)
    answer = press(client, client.post("/models/new/", {"text": PAGE}), "save")
    assert answer.status_code == 422
    assert "Copy it to the workspace" in answer.text
    publish("dreamer-2-0-lite", workspace)
    answer = press(client, client.post("/models/new/", {"text": PAGE}), "save")
    assert "Edit that one" in answer.text


def test_an_owner_sees_a_shared_model_without_the_names_of_its_editors(
    client: Client, root: Client, seedream: ModelSpec
) -> None:
    press(root, root.get(f"/models/{SEEDREAM}/edit/"), "save", title="Lite")
    page = client.get(f"/models/{SEEDREAM}/edit/").text
    assert "Copy to this workspace" in page
    assert 'id="sheet"' not in page
    assert "changed here" in page
    assert "by root" not in page
    assert "by root" in root.get(f"/models/{SEEDREAM}/edit/").text


def test_a_copy_replaces_the_shared_model_in_its_workspace_only(
    client: Client, olga: Client, seedream: ModelSpec
) -> None:
    copied = client.post(f"/models/{SEEDREAM}/copy/", follow=True)
    assert "uses the copy" in copied.text
    press(client, client.get(f"/models/{SEEDREAM}/edit/"), "save", title="Our own Lite")
    assert "Our own Lite" in client.get("/models/").text
    assert seedream.title not in client.get("/models/").text
    assert "Our own Lite" in client.get(f"/models/{SEEDREAM}/").text
    assert "Our own Lite" not in olga.get("/models/").text + olga.get(f"/models/{SEEDREAM}/").text


def test_deleting_a_copy_restores_the_shared_model_and_allows_a_new_copy(
    client: Client, workspace: Workspace, seedream: ModelSpec
) -> None:
    client.post(f"/models/{SEEDREAM}/copy/")
    client.post(f"/models/{SEEDREAM}/retire/", {"retired": "yes"})
    assert not ModelSpec.objects.current(workspace).exists()
    client.post(f"/models/{SEEDREAM}/drop/")
    assert ModelSpec.objects.current(workspace).get() == seedream
    client.post(f"/models/{SEEDREAM}/copy/")
    again = ModelSpec.objects.current(workspace).get()
    assert (again.workspace, again.version, again.is_retired) == (workspace, 2, False)


def test_two_concurrent_copies_of_a_model_make_one(
    client: Client, workspace: Workspace, seedream: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ModelSpecQuerySet.newest

    def newest_then_copied(models: ModelSpecQuerySet, place: Workspace) -> ModelSpecQuerySet:
        found = list(real(models, place))
        ModelSpec(
            slug=SEEDREAM, workspace=place, version=1, digest="of another", **seedream.facts
        ).save()
        monkeypatch.setattr(ModelSpecQuerySet, "newest", real)
        return ModelSpec.objects.filter(pk__in=[each.pk for each in found])

    def publish_unaware(models: ModelSpecQuerySet, slug: str, **facts: Any) -> ModelSpec:
        made = ModelSpec(slug=slug, version=1, digest="x", **facts)
        made.save()
        return made

    monkeypatch.setattr(ModelSpecQuerySet, "newest", newest_then_copied)
    monkeypatch.setattr(ModelSpecQuerySet, "publish", publish_unaware)
    answer = client.post(f"/models/{SEEDREAM}/copy/")
    assert answer["Location"] == f"/models/{SEEDREAM}/edit/"
    assert ModelSpec.objects.of(workspace).count() == 1


def test_an_upgrade_leaves_a_copy_unchanged(
    client: Client, workspace: Workspace, seedream: ModelSpec
) -> None:
    client.post(f"/models/{SEEDREAM}/copy/")
    publish(SEEDREAM, None, title="Seedream 6")
    assert ModelSpec.objects.current(workspace).get().title == seedream.title


def test_runs_keep_their_model_version(client: Client, run: Run, workspace: Workspace) -> None:
    client.post(f"/models/{SEEDREAM}/copy/")
    press(client, client.get(f"/models/{SEEDREAM}/edit/"), "save", title="Our own Lite")
    run.refresh_from_db()
    assert (run.spec.workspace, run.spec.version) == (None, 1)
    assert run.spec.title in client.get(run.get_absolute_url()).text


def test_a_run_of_a_copy_is_sent_with_the_provider_name(
    client: Client, workspace: Workspace, seedream: ModelSpec, api_key: ApiKey
) -> None:
    client.post(f"/models/{SEEDREAM}/copy/")
    words = {"/prompt": "a lighthouse", "submission": str(uuid.uuid4())}
    client.post(f"/models/{SEEDREAM}/", words)
    run = Run.objects.get()
    assert (run.spec.workspace, run.spec.slug) == (workspace, SEEDREAM)


def test_a_superuser_chooses_the_owner_of_a_new_model(
    client: Client, ana: User, workspace: Workspace
) -> None:
    User.objects.filter(pk=ana.pk).update(is_superuser=True)
    for audience, owner in (("everybody", None), ("workspace", workspace), ("", workspace)):
        sheet = client.post("/models/new/", {"text": PAGE})
        slug = f"dreamer-{audience or 'usual'}"
        press(client, sheet, "save", audience=audience, slug=slug)
        assert ModelSpec.objects.get(slug=slug).workspace == owner


@pytest.mark.parametrize("audience", ["everybody", "workspace", "nobody"])
def test_an_owner_creates_models_in_the_own_workspace_only(
    client: Client, workspace: Workspace, audience: str
) -> None:
    sheet = client.post("/models/new/", {"text": PAGE})
    assert 'name="audience"' not in sheet.text
    press(client, sheet, "save", audience=audience)
    assert ModelSpec.objects.get().workspace == workspace


def test_an_edit_of_the_shared_model_is_not_saved_to_a_concurrent_copy(
    client: Client, root: Client, workspace: Workspace, seedream: ModelSpec
) -> None:
    opened = root.get(f"/models/{SEEDREAM}/edit/")
    client.post(f"/models/{SEEDREAM}/copy/")
    press(root, opened, "save", title="For all")
    assert ModelSpec.objects.of(None).get(is_current=True).title == "For all"
    assert ModelSpec.objects.of(workspace).get().title == seedream.title


def test_the_demo_account_can_edit_the_shipped_models(settings: Any, seedream: ModelSpec) -> None:
    settings.DEMO_LOGIN = True
    demo = Client()
    press(demo, demo.get(f"/models/{SEEDREAM}/edit/"), "save", title="Tried")
    assert ModelSpec.objects.of(None).get(is_current=True).title == "Tried"
