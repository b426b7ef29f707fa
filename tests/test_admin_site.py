"""Django's admin site: its path, who may use it, and what it shows."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from playground.catalog.models import ModelSpec
from playground.runs.models import Run
from playground.teams.models import ApiKey, Invitation, Membership, Role, Workspace
from tests.conftest import reread_urls
from tests.teams.conftest import AddPerson, add_person  # noqa: F401 - pytest looks for them here

pytestmark = pytest.mark.once

ADMIN = "/back-office/"
TABLES = {
    "auth/user": User,
    "teams/workspace": Workspace,
    "teams/membership": Membership,
    "teams/invitation": Invitation,
    "teams/apikey": ApiKey,
    "catalog/modelspec": ModelSpec,
    "runs/run": Run,
}


@pytest.fixture(autouse=True)
def _admin_site(site: str) -> None:
    """Turn the admin site on in each of these tests."""


@pytest.fixture
def admin(client: Client, ana: User) -> Client:
    """The browser of a superuser."""
    User.objects.filter(pk=ana.pk).update(is_superuser=True, is_staff=True)
    return client


def test_without_a_path_there_is_no_admin_site(admin: Client, settings: Settings) -> None:
    settings.ADMIN_PATH = ""
    reread_urls()
    assert {admin.get(path).status_code for path in (ADMIN, "/admin/")} == {404}


def test_the_admin_site_uses_our_login(ana: User) -> None:
    User.objects.update(is_superuser=True, is_staff=True)
    stranger = Client()
    page = stranger.get(ADMIN, follow=True)
    assert page.redirect_chain[-1] == ("/login/?next=%2Fback-office%2F", 302)
    right = {"login": "ana", "password": "correct horse", "next": ADMIN}
    assert "Back office" in stranger.post("/login/", right, follow=True).text


@pytest.mark.parametrize("is_staff", [True, False])
def test_only_superusers_reach_the_admin_site(client: Client, ana: User, *, is_staff: bool) -> None:
    User.objects.filter(pk=ana.pk).update(is_staff=is_staff)
    for path in ("", "login/", *(f"{table}/" for table in TABLES)):
        answer = client.get(f"{ADMIN}{path}", follow=True)
        assert answer.status_code == 403
        assert "Back office" not in answer.text


@pytest.mark.parametrize("table", TABLES)
def test_each_table_shows_its_rows_and_deletes_none(
    admin: Client, finished: Run, table: str
) -> None:
    Invitation.objects.issue(workspace=finished.workspace, role="member", days=1)
    row = TABLES[table].objects.first()  # type: ignore[attr-defined]  # each has objects
    assert admin.get(f"{ADMIN}{table}/").status_code == 200
    assert admin.get(f"{ADMIN}{table}/?q=a").status_code == 200
    page = admin.get(f"{ADMIN}{table}/{row.pk}/change/")
    assert page.status_code == 200
    assert "deletelink" not in page.text
    assert admin.post(f"{ADMIN}{table}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert admin.get(f"{ADMIN}{table}/add/").status_code == 403


def test_the_admin_site_does_not_show_inputs_or_credentials(admin: Client, finished: Run) -> None:
    invitation, _ = Invitation.objects.issue(workspace=finished.workspace, role="member", days=1)
    hidden = [invitation.token_hash, finished.api_key.secret, "a lighthouse"]
    rows = [("runs/run", finished), ("teams/invitation", invitation)]
    rows += [("teams/apikey", finished.api_key), ("auth/user", finished.author)]
    for table, row in rows:
        page = admin.get(f"{ADMIN}{table}/{row.pk}/change/").text
        assert not [each for each in [*hidden, finished.author.password] if each in page]


def test_a_key_or_a_run_cannot_be_changed(admin: Client, finished: Run) -> None:
    key = finished.api_key
    paths = [
        f"teams/apikey/{key.pk}",
        f"runs/run/{finished.pk}",
        f"catalog/modelspec/{finished.spec_id}",
    ]
    assert {admin.post(f"{ADMIN}{path}/change/", {}).status_code for path in paths} == {403}


def test_the_last_owner_cannot_be_removed_or_demoted(
    admin: Client,
    ana: User,
    add_person: AddPerson,  # noqa: F811
) -> None:
    membership = Membership.objects.get(user=ana)
    address = f"{ADMIN}teams/membership/{membership.pk}/change/"
    assert "Make another member an owner first" in admin.post(address, {"role": "viewer"}).text
    add_person("bo", Role.OWNER)
    assert admin.post(address, {"role": "viewer"}).status_code == 302
    assert Membership.objects.get(user=ana).role == Role.VIEWER


def test_an_account_is_made_inactive(admin: Client, add_person: AddPerson) -> None:  # noqa: F811
    bo = add_person("bo", Role.MEMBER)
    user = User.objects.get(username="bo")
    admin.post(f"{ADMIN}auth/user/{user.pk}/change/", {"username": "bo", "email": ""})
    assert bo.get("/team/").status_code == 302


def test_a_password_is_changed_where_everybody_changes_theirs(admin: Client) -> None:
    assert admin.get(f"{ADMIN}password_change/")["Location"] == "/account/password/change/"
