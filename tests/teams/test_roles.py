"""What each role may do, and switching between workspaces."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.teams.models import ApiKey, Membership, Role, Workspace
from tests.conftest import picture_bytes, read_body
from tests.teams.conftest import AddPerson

pytestmark = pytest.mark.once

SEEDREAM = "/models/doubao-seedream-5-0-lite/"
FIELDS = {"/prompt": "a lighthouse", "submission": "7b0d6c56-5d55-4d3e-8d9c-3b0a2f1f9e11"}


@pytest.fixture
def viewer(add_person: AddPerson) -> Client:
    return add_person("vera", Role.VIEWER)


@pytest.mark.parametrize("role", list(Role))
def test_only_roles_that_may_generate_see_the_button(
    add_person: AddPerson, api_key: ApiKey, seedream: ModelSpec, role: Role
) -> None:
    page = add_person("bo", role).get(SEEDREAM).text
    assert ('id="generate"' in page) == (role != Role.VIEWER)
    assert ("ask an owner to make you a member" in page) == (role == Role.VIEWER)


@pytest.mark.parametrize("role", list(Role))
def test_only_members_and_owners_start_a_run(
    add_person: AddPerson, api_key: ApiKey, seedream: ModelSpec, role: Role
) -> None:
    status = (
        add_person("bo", role)
        .post(SEEDREAM, FIELDS | {"submission": str(uuid.uuid4())})
        .status_code
    )
    assert (status, Run.objects.count()) == ((403, 0) if role == Role.VIEWER else (302, 1))


def test_a_viewer_sees_and_downloads_shared_results(viewer: Client, finished: Run) -> None:
    assert f"run-{finished.pk}" in viewer.get(SEEDREAM).text
    page = viewer.get(finished.get_absolute_url())
    assert "a lighthouse" in page.text
    assert "Run again" not in page.text
    address = finished.outputs.get().get_absolute_url()
    assert read_body(viewer.get(address, {"download": ""}))


@pytest.mark.parametrize("action", ["again", "cancel", "set-aside", "wait", "hurry", "ask"])
def test_a_viewer_changes_no_run(viewer: Client, run: Run, action: str) -> None:
    assert viewer.post(f"{run.get_absolute_url()}{action}/").status_code == 403
    assert Run.objects.get().revision == run.revision


def test_a_viewer_is_offered_no_action_on_a_run(viewer: Client, run: Run) -> None:
    assert "Cancel" not in viewer.get(run.get_absolute_url()).text


def test_an_upload_by_a_viewer_is_refused_with_the_reason(
    viewer: Client, workspace: Workspace
) -> None:
    answer = viewer.post(
        "/uploads/",
        {"name": "/image", "file": picture_bytes()},
        headers={"X-Requested-With": "fetch"},
    )
    assert (answer.status_code, answer["Content-Type"]) == (403, "text/plain; charset=utf-8")
    assert "ask an owner" in answer.text
    assert not workspace.uploads.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_only_owners_change_models_and_the_page_says_so(
    add_person: AddPerson, seedream: ModelSpec, role: Role
) -> None:
    answer = add_person("bo", role).get(f"{SEEDREAM}edit/")
    assert answer.status_code == 403
    assert "Only owners of the workspace" in answer.text


def test_a_person_switches_between_workspaces(
    client: Client, ana: User, finished: Run, other_workspace: Workspace
) -> None:
    Membership.objects.create(workspace=other_workspace, user=ana, role=Role.VIEWER)
    assert client.get(finished.get_absolute_url()).status_code == 200
    assert client.post("/team/switch/", {"workspace": other_workspace.pk})["Location"] == "/"
    assert client.get(finished.get_absolute_url()).status_code == 404
    assert "ask an owner" in client.get(SEEDREAM).text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.usefixtures("seedream")
def test_a_form_of_one_workspace_does_not_spend_the_budget_of_another(
    client: Client, ana: User, api_key: ApiKey, other_workspace: Workspace, headers: dict[str, str]
) -> None:
    page = client.get(SEEDREAM).text
    assert f'name="workspace" value="{api_key.workspace_id}"' in page
    Membership.objects.create(workspace=other_workspace, user=ana)
    client.post("/team/switch/", {"workspace": other_workspace.pk})
    answer = client.post(SEEDREAM, FIELDS | {"workspace": api_key.workspace_id}, headers=headers)
    assert (answer.status_code, Run.objects.count()) == (403, 0)
    assert "switched to another workspace" in answer.text


@pytest.mark.parametrize("wanted", ["", "x", "\0", "others"])
def test_nobody_switches_to_a_workspace_they_do_not_belong_to(
    client: Client, finished: Run, other_workspace: Workspace, wanted: str
) -> None:
    client.post(
        "/team/switch/", {"workspace": other_workspace.pk if wanted == "others" else wanted}
    )
    assert client.get(finished.get_absolute_url()).status_code == 200


def test_a_removed_member_continues_in_another_workspace(
    client: Client, ana: User, finished: Run, other_workspace: Workspace
) -> None:
    membership = Membership.objects.create(workspace=other_workspace, user=ana)
    client.post("/team/switch/", {"workspace": other_workspace.pk})
    membership.delete()
    assert client.get(finished.get_absolute_url()).status_code == 200


def test_a_person_without_a_workspace_is_told_so_and_can_log_out(
    add_person: AddPerson, finished: Run
) -> None:
    stranger = add_person("sam", None)
    answer = stranger.get(finished.get_absolute_url())
    assert answer.status_code == 403
    assert "You are not in a workspace" in answer.text
    stranger.post("/logout/")
    assert stranger.get(SEEDREAM).status_code == 302


def test_the_first_person_owns_the_first_workspace(workspace: Workspace, ana: User) -> None:
    root = User.objects.create_superuser("root")
    (membership,) = Membership.objects.of(root)
    assert (membership.workspace, membership.is_owner) == (workspace, True)


def test_the_demo_account_owns_the_first_workspace(settings: Settings, seedream: ModelSpec) -> None:
    settings.DEMO_LOGIN = True
    assert "Add a model" in Client().get("/models/").text
