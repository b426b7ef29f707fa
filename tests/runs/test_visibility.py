"""Who sees a run, its files and its inputs: the author, and the workspace if it is shared."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from playground.catalog.models import ModelSpec
from playground.runs.models import Run, Upload
from playground.teams.models import Membership, Role, Workspace
from tests.compose.test_generate import HTMX, post
from tests.conftest import picture_bytes


@pytest.fixture
def add_person(workspace: Workspace) -> Callable[[str, str], Client]:
    """Add a person to the workspace; return their logged-in client."""

    def add(name: str, role: str) -> Client:
        user = User.objects.create_user(name)
        Membership.objects.create(workspace=workspace, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return add


@pytest.fixture
def bo(add_person: Callable[[str, str], Client]) -> Client:
    return add_person("bo", Role.MEMBER)


@pytest.fixture
def viewer(add_person: Callable[[str, str], Client]) -> Client:
    return add_person("vi", Role.VIEWER)


def addresses(run: Run) -> list[str]:
    output = run.outputs.get()
    return [run.get_absolute_url(), output.get_absolute_url(), output.thumbnail_url]


def status_codes(client: Client, paths: list[str]) -> set[int]:
    """Return the status codes; each response is read to its end, as a browser does."""
    responses = [client.get(path) for path in paths]
    return {response.status_code for response in responses if response.getvalue() is not None}


@pytest.mark.parametrize(("seen_by", "is_shared"), [("workspace", True), ("author", False)])
@pytest.mark.usefixtures("api_key")
def test_generate_sets_the_chosen_visibility(
    client: Client, seedream: ModelSpec, seen_by: str, *, is_shared: bool
) -> None:
    post(client, seedream, HTMX, seen_by=seen_by)
    assert Run.objects.get().is_shared is is_shared


@pytest.mark.parametrize("shares_runs", [True, False])
@pytest.mark.usefixtures("api_key")
def test_without_a_choice_the_workspace_default_applies(
    client: Client, seedream: ModelSpec, workspace: Workspace, *, shares_runs: bool
) -> None:
    Workspace.objects.update(shares_runs=shares_runs)
    chosen = 'value="workspace" selected' if shares_runs else 'value="author" selected'
    assert chosen in client.get(seedream.get_absolute_url()).text
    post(client, seedream, HTMX)
    assert Run.objects.get().is_shared is shares_runs


@pytest.mark.usefixtures("api_key")
def test_the_visibility_choice_is_kept_when_the_form_is_refused(
    client: Client, seedream: ModelSpec
) -> None:
    response = post(client, seedream, HTMX, seen_by="author", **{"/prompt": ""})
    assert 'value="author" selected' in response.text


def test_a_shared_run_is_visible_to_the_workspace(
    finished: Run, bo: Client, viewer: Client
) -> None:
    assert status_codes(bo, addresses(finished)) == {200}
    assert status_codes(viewer, addresses(finished)) == {200}
    assert str(finished.pk) in viewer.get(finished.spec.get_absolute_url()).text


def test_a_private_run_is_not_found_by_others(
    finished: Run, client: Client, bo: Client, viewer: Client
) -> None:
    Run.objects.update(is_shared=False)
    assert status_codes(client, addresses(finished)) == {200}
    assert (
        status_codes(bo, addresses(finished)) == status_codes(viewer, addresses(finished)) == {404}
    )
    assert str(finished.pk) not in viewer.get(finished.spec.get_absolute_url()).text
    assert "a lighthouse" not in bo.get("/outputs/").text
    assert (
        "a lighthouse" not in bo.get(f"{finished.spec.get_absolute_url()}?from={finished.pk}").text
    )


def test_an_owner_does_not_see_private_runs_of_members(
    finished: Run, client: Client, bo: Client
) -> None:
    Run.objects.update(is_shared=False, author=User.objects.get(username="bo"))
    assert status_codes(client, addresses(finished)) == {404}
    assert status_codes(bo, addresses(finished)) == {200}


def test_the_author_changes_the_visibility_of_a_run(
    finished: Run, client: Client, bo: Client
) -> None:
    client.post(f"{finished.get_absolute_url()}hide/")
    assert "Only you" in client.get(finished.get_absolute_url()).text
    assert status_codes(bo, addresses(finished)) == {404}
    client.post(f"{finished.get_absolute_url()}share/")
    assert status_codes(bo, addresses(finished)) == {200}


ONLY_AUTHOR_SHARES = "Only the author of the run chooses who sees it."
ONLY_AUTHOR_STOPS = "Only the author of the run, or an owner, can stop this."


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("hide", ONLY_AUTHOR_SHARES),
        ("share", ONLY_AUTHOR_SHARES),
        ("cancel", ONLY_AUTHOR_STOPS),
        ("set-aside", ONLY_AUTHOR_STOPS),
        ("wait", ONLY_AUTHOR_STOPS),
    ],
)
def test_nobody_else_changes_the_visibility_of_a_run(
    run: Run, bo: Client, action: str, words: str
) -> None:
    before = Run.objects.values().get()
    response = bo.post(f"{run.get_absolute_url()}{action}/", headers=HTMX)
    assert (response.status_code, response.text) == (403, words)
    assert Run.objects.values().get() == before
    assert "Cancel" not in bo.get(run.get_absolute_url()).text


def test_an_owner_can_cancel_a_run_of_a_member(run: Run, client: Client, bo: Client) -> None:
    Run.objects.update(author=User.objects.get(username="bo"))
    client.post(f"{run.get_absolute_url()}cancel/")
    run.refresh_from_db()
    assert run.status == "cancelled"


@pytest.fixture
def upload(client: Client) -> Upload:
    picture = SimpleUploadedFile("a.png", picture_bytes(), "image/png")
    client.post("/uploads/", {"name": "/image_urls", "kind": "image", "file": picture})
    return Upload.objects.get()


prompt_numbers = itertools.count()


def generate_with(client: Client, spec: ModelSpec, upload: Upload, **fields: Any) -> int:
    prompt = f"with it {next(prompt_numbers)}"  # repeated inputs would need a confirmation
    sent = {"/prompt": prompt, "~keep/image_urls": upload.reference, **fields}
    return post(client, spec, HTMX, **sent).status_code


@pytest.mark.usefixtures("api_key")
def test_an_upload_is_visible_to_whoever_sees_a_run_with_it(
    client: Client, bo: Client, seedream: ModelSpec, upload: Upload
) -> None:
    path = f"/uploads/{upload.pk}/thumbnail/"
    assert (status_codes(client, [path]), status_codes(bo, [path])) == ({200}, {404})
    generate_with(client, seedream, upload, seen_by="author")
    assert status_codes(bo, [path]) == {404}
    generate_with(client, seedream, upload, seen_by="workspace")
    assert status_codes(bo, [path]) == {200}


@pytest.mark.usefixtures("api_key")
def test_a_run_cannot_use_an_upload_its_author_may_not_see(
    client: Client, bo: Client, seedream: ModelSpec, upload: Upload
) -> None:
    assert generate_with(bo, seedream, upload) == 422
    generate_with(client, seedream, upload, seen_by="workspace")
    assert generate_with(bo, seedream, upload) == 200


@pytest.mark.usefixtures("api_key")
def test_variations_by_others_stay_visible_when_a_run_is_hidden(
    client: Client, bo: Client, seedream: ModelSpec, upload: Upload
) -> None:
    generate_with(client, seedream, upload, seen_by="workspace")
    generate_with(bo, seedream, upload, seen_by="author")
    client.post(f"{Run.objects.get(author__username='ana').get_absolute_url()}hide/")
    assert status_codes(bo, [f"/uploads/{upload.pk}/thumbnail/"]) == {200}
    assert generate_with(bo, seedream, upload) == 200
