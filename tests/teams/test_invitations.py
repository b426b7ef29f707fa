"""Invitation links, roles, and removing members."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.teams.models import Invitation, Membership, Role, Workspace
from tests.launched import ROOT
from tests.teams.conftest import AddPerson

NEW_ACCOUNT = {"username": "bo", "password": "a long walk home"}


def create_link(client: Client, role: str = "member", days: str = "7", note: str = "") -> str:
    page = client.post("/team/invitations/", {"role": role, "days": days, "note": note})
    found = re.search(r'value="http://testserver(/join/[^"]+)"', page.text)
    assert found, page.text
    return found[1]


@pytest.fixture
def link(client: Client) -> str:
    return create_link(client)


def roles_of(name: str) -> list[tuple[str, str]]:
    memberships = Membership.objects.filter(user__username=name)
    return list(memberships.values_list("workspace__name", "role"))


@pytest.mark.parametrize("role", list(Role))
def test_an_invitation_link_creates_an_account_and_logs_in(client: Client, role: Role) -> None:
    link = create_link(client, role)
    stranger = Client()
    page = stranger.get(link).text
    assert "ana invites you" in page
    assert "Join Workspace" in page
    assert stranger.post(link, NEW_ACCOUNT)["Location"] == "/"
    assert "Members of Workspace" in stranger.get("/team/").text
    assert roles_of("bo") == [("Workspace", role)]


def test_a_logged_in_person_joins_with_one_press(
    link: str, add_person: AddPerson, other_workspace: Workspace
) -> None:
    bo = add_person("bo", Role.OWNER, other_workspace)
    assert "Join as bo" in bo.get(link).text
    bo.post(link)
    assert "Members of Workspace" in bo.get("/team/").text
    assert sorted(roles_of("bo")) == [("Others", "owner"), ("Workspace", "member")]


def test_a_person_without_a_workspace_can_join(link: str, add_person: AddPerson) -> None:
    sam = add_person("sam", None)
    assert "Join as sam" in sam.get(link).text
    sam.post(link)
    assert roles_of("sam") == [("Workspace", "member")]


def test_an_invitation_admits_one_person(link: str) -> None:
    Client().post(link, NEW_ACCOUNT)
    second = Client().post(link, NEW_ACCOUNT | {"username": "cy"})
    assert second.status_code == 410
    assert "has been used" in second.text
    assert not User.objects.filter(username="cy").exists()


def test_a_member_does_not_use_up_an_invitation(client: Client, link: str) -> None:
    assert client.post(link).status_code == 302
    assert roles_of("ana") == [("Workspace", "owner")]
    assert Client().get(link).status_code == 200


@pytest.mark.parametrize("days", ["1", "7", "30"])
def test_an_invitation_expires(client: Client, days: str) -> None:
    link = create_link(client, days=days)
    left = Invitation.objects.get().expires_at - timezone.now()
    assert timedelta(0) < timedelta(days=int(days)) - left < timedelta(minutes=5)
    Invitation.objects.update(expires_at=timezone.now())
    answer = Client().post(link, NEW_ACCOUNT)
    assert (answer.status_code, User.objects.count()) == (410, 1)


def test_a_revoked_invitation_admits_nobody(client: Client, link: str) -> None:
    client.post(f"/team/invitations/{Invitation.objects.get().pk}/revoke/")
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "was revoked" in answer.text


@pytest.mark.parametrize("token", ["x", "0" * 43, "%00", "ż" * 500])
def test_a_guessed_invitation_link_admits_nobody(db: None, token: str) -> None:
    assert Client().get(f"/join/{token}/").status_code == 410


def test_an_invitation_link_is_shown_once_and_stored_as_a_hash(client: Client, link: str) -> None:
    token = link.split("/")[2]
    assert token not in client.get("/team/").text
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM teams_invitation")
        assert token not in str(cursor.fetchall())


def test_an_invitation_link_begins_with_the_public_address(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = "https://play.example.com"
    page = client.post("/team/invitations/", {"role": "member", "days": "1"})
    assert 'value="https://play.example.com/join/' in page.text


@pytest.mark.once
@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "", "required"),
        ("username", "ANA", "This name is taken"),
        ("username", "a b", "Enter a valid username"),
        ("username", "a\0b", "Null characters"),
        ("username", "x" * 151, "at most 150"),
        ("email", "bo", "valid email"),
        ("password", "", "required"),
        ("password", "12345678", "too common"),
        ("password", "short", "too short"),
    ],
)
def test_signup_errors_are_shown_at_their_fields_and_the_name_is_kept(
    link: str, field: str, value: str, message: str
) -> None:
    answer = Client().post(link, NEW_ACCOUNT | {field: value})
    assert answer.status_code == 422
    assert message in answer.text
    if field != "username":
        assert 'value="bo"' in answer.text
    assert User.objects.count() == 1


@pytest.mark.parametrize(("field", "value"), [("role", "king"), ("days", "365"), ("days", "")])
def test_an_invalid_invitation_is_refused_at_its_field(
    client: Client, field: str, value: str
) -> None:
    fields = {"role": "member", "days": "7", "note": "for bo"} | {field: value}
    answer = client.post("/team/invitations/", fields)
    assert (answer.status_code, Invitation.objects.count()) == (422, 0)
    assert f'id="id_{field}_error"' in answer.text
    assert 'value="for bo"' in answer.text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MEMBER])
def test_only_owners_manage_people(add_person: AddPerson, link: str, role: Role) -> None:
    bo = add_person("bo", role)
    membership = Membership.objects.get(user__username="bo")
    before = list(Membership.objects.order_by("pk").values_list("role", flat=True))
    for path, data in {
        "/team/invitations/": {"role": "owner", "days": "1"},
        f"/team/invitations/{Invitation.objects.get().pk}/revoke/": {},
        f"/team/people/{membership.public_id}/role/": {"role": "owner"},
        f"/team/people/{membership.public_id}/remove/": {},
        "/team/general/": {"name": "Mine", "shares_runs": "author"},
        "/team/new/": {"new-name": "Mine"},
    }.items():
        assert bo.post(path, data).status_code == 403
    assert list(Membership.objects.order_by("pk").values_list("role", flat=True)) == before
    assert Invitation.objects.open().count() == Workspace.objects.count() == 1
    page = bo.get("/team/").text
    assert "ana" in page
    assert "Invite a person" not in page


def test_an_owner_has_no_rights_in_another_workspace(
    client: Client, add_person: AddPerson, other_workspace: Workspace
) -> None:
    add_person("olga", Role.OWNER, other_workspace)
    membership = Membership.objects.get(user__username="olga")
    theirs, _ = Invitation.objects.issue(workspace=other_workspace, role="member", days=1)
    assert (
        client.post(f"/team/people/{membership.public_id}/role/", {"role": "viewer"}).status_code
        == 404
    )
    assert client.post(f"/team/people/{membership.public_id}/remove/").status_code == 404
    client.post(f"/team/invitations/{theirs.pk}/revoke/")
    assert Invitation.objects.open().filter(pk=theirs.pk).exists()
    assert roles_of("olga") == [("Others", "owner")]


def test_an_owner_changes_a_role_and_removes_a_member(
    client: Client, add_person: AddPerson
) -> None:
    bo = add_person("bo", Role.VIEWER)
    path = f"/team/people/{Membership.objects.get(user__username='bo').public_id}"
    client.post(f"{path}/role/", {"role": "member"})
    assert roles_of("bo") == [("Workspace", "member")]
    client.post(f"{path}/remove/")
    assert bo.get("/team/").status_code == 403
    assert User.objects.filter(username="bo").exists()


def test_membership_ids_cannot_be_enumerated(client: Client, add_person: AddPerson) -> None:
    add_person("bo", Role.VIEWER)
    counted = Membership.objects.get(user__username="bo").pk
    for action in ("role", "remove"):
        assert (
            client.post(f"/team/people/{counted}/{action}/", {"role": "member"}).status_code == 404
        )
    assert roles_of("bo") == [("Workspace", "viewer")]


@pytest.mark.parametrize(
    ("action", "data"), [("remove", {}), ("role", {"role": "member"}), ("role", {"role": "king"})]
)
def test_the_last_owner_cannot_be_removed_or_demoted(
    client: Client, add_person: AddPerson, action: str, data: dict[str, str]
) -> None:
    add_person("bo", Role.MEMBER)
    path = f"/team/people/{Membership.objects.get(user__username='ana').public_id}/{action}/"
    answer = client.post(path, data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert client.post("/team/leave/").status_code == 422
    assert roles_of("ana") == [("Workspace", "owner")]


def test_one_of_two_owners_may_leave(client: Client, add_person: AddPerson) -> None:
    add_person("bo", Role.OWNER)
    assert client.post("/team/leave/").status_code == 302
    assert roles_of("ana") == []


TWO_OWNERS = """
from django.contrib.auth.models import User
from playground.teams.models import Membership, Role, Workspace
for name in ("ana", "bo"):
    user = User.objects.create_user(name)
    Membership.objects.create(workspace=Workspace.objects.first_one(), user=user, role=Role.OWNER)
"""
REMOVE_AN_OWNER = """
from playground.teams import people
from playground.teams.models import Membership
membership = Membership.objects.get(user__username={name!r})
print("ready", flush=True)
input()
try:
    people.remove_member(membership)
except people.LastOwnerError:
    pass
"""
COUNT_MEMBERS = "from playground.teams.models import Membership; print(Membership.objects.count())"


def test_two_owners_removing_each_other_concurrently_leave_one(
    tmp_path: Path, new_database: Callable[[], str]
) -> None:
    manage = partial(start_process, tmp_path, new_database())
    wait_for(manage("shell", "--no-imports", "-c", TWO_OWNERS))
    codes = [REMOVE_AN_OWNER.format(name=name) for name in ("ana", "bo")]
    both = [manage("shell", "--no-imports", "-c", code) for code in codes]
    assert [one.stdout.readline() for one in both if one.stdout] == ["ready\n"] * 2
    for one in both:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    for one in both:
        wait_for(one)
    assert wait_for(manage("shell", "--no-imports", "-c", COUNT_MEMBERS)) == "1\n"


def start_process(data_dir: Path, database_url: str, *words: str) -> subprocess.Popen[str]:
    known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "manage.py", *words],
        cwd=ROOT,
        env=known | {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process: subprocess.Popen[str]) -> str:
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return output


def test_a_workspace_is_renamed_and_another_is_created(client: Client) -> None:
    client.post("/team/general/", {"name": "Studio", "shares_runs": "workspace"})
    client.post("/team/new/", {"new-name": "Side project"})
    assert sorted(roles_of("ana")) == [("Side project", "owner"), ("Studio", "owner")]
    assert "Members of Side project" in client.get("/team/").text


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\0b"])
def test_an_invalid_workspace_name_is_refused(client: Client, name: str) -> None:
    for path, field in (("/team/general/", "name"), ("/team/new/", "new-name")):
        answer = client.post(path, {field: name, "shares_runs": "author"})
        assert answer.status_code == 422
        assert "field__error" in answer.text
    assert list(Workspace.objects.values_list("name", flat=True)) == ["Workspace"]
