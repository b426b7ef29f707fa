"""The audit log contains changes of accounts, people and keys, and no secrets."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from playground.teams.audit import AuditEvent
from playground.teams.models import ApiKey, Invitation, Membership, Role, Workspace
from playground.teams.rate_limits import LIMITS, Limit, LimitedAction
from tests.teams.conftest import AddPerson, AuditLog

pytestmark = pytest.mark.once

CREDENTIALS = {"login": "ana", "password": "correct horse"}
NEW_PASSWORD = "a long walk home"


def test_logins_and_logouts_are_audited(ana: User, audit_log: AuditLog) -> None:
    client = Client(REMOTE_ADDR="192.0.2.7")
    client.post("/login/", CREDENTIALS)
    client.post("/logout/")
    assert audit_log() == [
        'logged in by="ana" from="192.0.2.7"',
        'logged out by="ana" from="192.0.2.7"',
    ]


def test_a_failed_login_is_audited_without_the_password(ana: User, audit_log: AuditLog) -> None:
    Client().post("/login/", CREDENTIALS | {"password": "wrong horse"})
    assert audit_log() == ['login failed from="127.0.0.1" name="ana"']


def test_a_password_typed_as_username_is_not_logged(ana: User, audit_log: AuditLog) -> None:
    Client().post("/login/", {"login": "correct horse", "password": "x"})
    assert audit_log() == ['login failed from="127.0.0.1" name="(nobody\'s)"']


def test_a_rate_limited_login_is_audited(ana: User, audit_log: AuditLog) -> None:
    for _ in range(6):
        Client().post("/login/", CREDENTIALS | {"password": "wrong"})
    assert audit_log()[-1] == 'login blocked from="127.0.0.1" name="ana"'


def test_a_password_change_is_audited(client: Client, audit_log: AuditLog) -> None:
    words = {"oldpassword": "correct horse", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    client.post("/account/password/change/", words)
    assert audit_log()[-1] == 'password changed by="ana" from="127.0.0.1"'


def test_the_steps_of_an_invitation_are_audited(
    client: Client, workspace: Workspace, audit_log: AuditLog
) -> None:
    client.post("/team/invitations/", {"role": "member", "days": "7"})
    client.post(f"/team/invitations/{Invitation.objects.get().pk}/revoke/")
    invitation, token = Invitation.objects.issue(workspace=workspace, role="viewer", days=1)
    Client().post(f"/join/{token}/", {"username": "bo", "password": NEW_PASSWORD})
    events = [AuditEvent.INVITATION_MADE, AuditEvent.INVITATION_REVOKED, AuditEvent.ACCOUNT_MADE]
    events += [AuditEvent.INVITATION_USED, AuditEvent.LOGGED_IN]
    lines = audit_log()
    assert [line.startswith(event) for line, event in zip(lines, events, strict=True)] == [True] * 5
    used = f'person="bo" role="viewer" workspace="Workspace" workspace_id="{workspace.pk}"'
    assert used in audit_log.last(AuditEvent.INVITATION_USED)
    assert token not in "".join(lines)
    assert invitation.token_hash not in "".join(lines)


def test_role_changes_and_leaving_are_audited(
    client: Client, add_person: AddPerson, audit_log: AuditLog, workspace: Workspace
) -> None:
    add_person("bo", Role.MEMBER)
    membership = Membership.objects.get(user__username="bo")
    client.post(f"/team/people/{membership.public_id}/role/", {"role": "viewer"})
    client.post(f"/team/people/{membership.public_id}/remove/")
    end = 'by="ana" from="127.0.0.1" person="bo" role="viewer" workspace="Workspace"'
    end += f' workspace_id="{workspace.pk}"'
    assert audit_log()[-2:] == [f"role changed {end}", f"person removed {end}"]


def test_refused_changes_are_not_audited_as_done(
    client: Client, ana: User, audit_log: AuditLog
) -> None:
    membership = Membership.objects.get(user=ana)
    client.post(f"/team/people/{membership.public_id}/role/", {"role": "viewer"})
    client.post("/team/leave/")
    client.post(f"/team/people/{membership.public_id}/role/", {"role": "king"})
    assert [line for line in audit_log() if not line.startswith(AuditEvent.LOGGED_IN)] == []


def test_forbidden_and_rate_limited_attempts_are_audited(
    add_person: AddPerson, audit_log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo = add_person("bo", Role.MEMBER)
    bo.post("/team/new/", headers={"HX-Request": "true"})
    monkeypatch.setitem(LIMITS, LimitedAction.UPLOAD, Limit(most=0, seconds=9))
    bo.post("/uploads/")
    who = 'by="bo" from="127.0.0.1"'
    assert audit_log()[-2] == f'not allowed {who} path="/team/new/" role="member"'
    assert audit_log()[-1] == f'too often {who} path="/uploads/"'


def test_the_audit_log_identifies_a_key_by_its_name_and_last_characters(
    client: Client, api_key: ApiKey, audit_log: AuditLog, workspace: Workspace
) -> None:
    secret = str(api_key.secret)
    api_key.erase()
    client.post("/team/keys/", {"secret": secret, "name": "Mine", "provider": "sandbox"})
    pk = ApiKey.objects.kept().get().pk
    client.post(f"/team/keys/{pk}/disable/")
    client.post(f"/team/keys/{pk}/delete/")
    key = f'by="ana" from="127.0.0.1" key="Mine (\\u2026{secret[-4:]})" id="{pk}"'
    assert audit_log()[-3].startswith(f"key added {key}")
    assert audit_log()[-2].endswith(f'workspace_id="{workspace.pk}" how="disable"')
    assert audit_log()[-1].startswith("key deleted")
    assert secret not in "".join(audit_log())


def test_changes_from_a_terminal_are_audited(
    workspace: Workspace, ana: User, audit_log: AuditLog
) -> None:
    call_command("people", "invite", stdout=StringIO())
    call_command("people", "workspace", "Studio", "ana", stdout=StringIO())
    made, founded = audit_log()
    assert made.startswith('invitation made from="the terminal" invitation=')
    assert founded.startswith('workspace founded from="the terminal" workspace="Studio"')
    assert founded.endswith(' person="ana"')


def test_a_username_cannot_forge_an_audit_line(client: Client, audit_log: AuditLog) -> None:
    name = 'x"\n2026 INFO playground.audit logged in'
    client.post("/team/new/", {"new-name": name})
    assert len(audit_log()) == 1
    assert all("\n" not in line for line in audit_log())


def test_changes_in_the_admin_site_are_audited(
    client: Client, ana: User, add_person: AddPerson, audit_log: AuditLog, site: str
) -> None:
    User.objects.filter(pk=ana.pk).update(is_superuser=True, is_staff=True)
    add_person("bo", Role.MEMBER)
    membership = Membership.objects.get(user__username="bo")
    client.post(f"{site}teams/membership/{membership.pk}/change/", {"role": "viewer"})
    line = audit_log.last(AuditEvent.ADMIN_SITE_CHANGED)
    assert (
        'by="ana" from="127.0.0.1" table="Membership" row="bo in Workspace" role="viewer"' in line
    )
