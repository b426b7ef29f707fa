"""Every change by an owner or the operator is in the audit log: who, from where, and what."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from playground.admin_site import admin_urls
from playground.catalog.models import ModelSpec
from playground.runs.models import Output, Run
from playground.teams.audit import AuditEvent
from playground.teams.management.commands.people import Command
from playground.teams.models import ApiKey, Invitation, Membership, Role, Workspace
from tests.catalog.browser import fill
from tests.catalog.pages import PAGE
from tests.rolled_back import rolled_back
from tests.teams.conftest import AuditLog
from tests.test_access import ENDPOINTS, MEMBER, OWNER, Visitors, visitors  # noqa: F401 - a fixture

pytestmark = pytest.mark.once

FORGED_NAME = 'x"\n2026-11-29 INFO playground.audit logged in by="root'


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What an owner sends to an address, and the expected audit event.

    names  further texts that the line must contain
    """

    sends: dict[str, Any] = field(default_factory=dict)
    event: AuditEvent
    names: tuple[str, ...] = ()


# By route, and what its address contains: see ENDPOINTS.
ACTIONS: dict[tuple[str, str], Action] = {
    ("general", ""): Action(
        sends={"name": "Atelier", "shares_runs": "workspace"}, event=AuditEvent.WORKSPACE_CHANGED,
        names=('renamed_from="The secret team"', 'workspace="Atelier"'),
    ),
    ("found_workspace", ""): Action(
        sends={"new-name": "Second"}, event=AuditEvent.WORKSPACE_FOUNDED,
        names=('workspace="Second"',),
    ),
    ("invite", ""): Action(
        sends={"role": "viewer", "days": "7"}, event=AuditEvent.INVITATION_MADE,
        names=('role="viewer"',),
    ),
    ("revoke", "open invitation"): Action(
        event=AuditEvent.INVITATION_REVOKED, names=("invitation=",)
    ),
    ("change_role", "membership"): Action(
        sends={"role": "viewer"}, event=AuditEvent.ROLE_CHANGED,
        names=('person="member-person"', 'role="viewer"'),
    ),
    ("remove_person", "membership"): Action(
        event=AuditEvent.PERSON_REMOVED, names=('person="member-person"',)
    ),
    ("export", ""): Action(event=AuditEvent.WORKSPACE_EXPORTED),
    ("budget", ""): Action(
        sends={"monthly_budget": "5"}, event=AuditEvent.BUDGETS_CHANGED,
        names=("monthly_budget: none \\u2192 5",),
    ),
    ("person_budget", "membership"): Action(
        sends={"daily_budget": "2"}, event=AuditEvent.BUDGETS_CHANGED,
        names=("daily_budget of member-person: none \\u2192 2",),
    ),
    ("keys", ""): Action(sends={"name": "Mine"}, event=AuditEvent.KEY_ADDED, names=('key="Mine',)),
    ("delete_key", "key"): Action(event=AuditEvent.KEY_DELETED, names=("key=", "id=")),
    ("change_key", "key and action"): Action(
        event=AuditEvent.KEY_CHANGED, names=('how="disable"',)
    ),
    ("new_model", ""): Action(
        event=AuditEvent.MODEL_ADDED, names=('model="dreamer-2-0-lite"', 'whose="workspace"')
    ),
    ("edit_model", "own model"): Action(
        sends={"title": "Renamed"}, event=AuditEvent.MODEL_CHANGED,
        names=('model="own"', 'version="2"', "Renamed"),
    ),
    ("retire_model", "own model"): Action(
        sends={"retired": "yes"}, event=AuditEvent.MODEL_RETIRED, names=('model="own"',)
    ),
    ("copy_model", "model"): Action(
        event=AuditEvent.MODEL_COPIED, names=('model="doubao-seedream-5-0-lite"', "copied_from=")
    ),
    ("drop_copy", "own copy"): Action(event=AuditEvent.MODEL_DROPPED, names=('model="copied"',)),
    # Actions of owners on objects of other people.
    ("change_preset", "shared preset"): Action(
        sends={"do": "delete"}, event=AuditEvent.PRESET_CHANGED,
        names=("preset=", 'author="author-person"', 'how="delete"'),
    ),
    ("act_on_run", "shared run, cancel"): Action(
        event=AuditEvent.RUN_CHANGED, names=("run=", 'author="author-person"', 'how="cancel"')
    ),
    ("change_collection", "shared collection"): Action(
        sends={"do": "delete"}, event=AuditEvent.COLLECTION_CHANGED,
        names=('as a collection"', 'made_by="author-person"'),
    ),
    ("sort", ""): Action(
        sends={"do": "delete surely"}, event=AuditEvent.PICTURES_DELETED,
        names=("outputs=", 'made_by="author-person"', 'count="1"'),
    ),
}  # fmt: skip
CHANGES_NOTHING = {
    ("find_model", ""),  # shows what was found; new_model saves it
    ("import_model", "own model"),
    ("copy_model", "own model"),  # redirects to the existing copy
}


def test_every_owner_only_address_is_in_the_audit_table() -> None:
    alone = {
        (each.route, each.thing)
        for each in ENDPOINTS
        if OWNER in each.post and MEMBER not in each.post
    }
    assert alone <= set(ACTIONS) | CHANGES_NOTHING
    assert set(ACTIONS) - alone == {("sort", "")}  # owners may do more there than members


@pytest.fixture
def participants(visitors: Visitors) -> Visitors:  # noqa: F811 - the fixture
    return visitors


def fields_of(participants: Visitors, route: str) -> dict[str, Any]:
    """Return the form fields that depend on rows, which the table cannot contain."""
    owner = participants.people[OWNER]
    match route:
        case "keys":
            key = ApiKey.objects.get()
            secret = str(key.secret)
            key.erase()
            return {"secret": secret, "provider": "sandbox"}
        case "new_model":
            return fill(owner.post(reverse("find_model"), {"text": PAGE})) | {"do": "save"}
        case "edit_model":
            return fill(owner.get(reverse("edit_model", args=["own"]))) | {"do": "save"}
        case "sort":
            pk = str(participants.arguments["shared output"]["pk"])
            Output.objects.filter(pk=pk).update(trashed_at=timezone.now())
            return {"output": [pk]}
    return {}


def test_every_change_by_an_owner_is_audited(participants: Visitors, audit_log: AuditLog) -> None:
    missing, secret = [], str(ApiKey.objects.get().secret)
    for (route, thing), action in ACTIONS.items():
        with rolled_back():
            sends = fields_of(participants, route) | action.sends
            already = len(audit_log())
            answer = participants.people[OWNER].post(
                reverse(route, kwargs=participants.arguments[thing]), sends
            )
        lines = [line for line in audit_log()[already:] if line.startswith(action.event)]
        wanted = ('by="ana"', 'from="127.0.0.1"', "workspace=", "workspace_id=", *action.names)
        if len(lines) != 1 or not all(name in lines[0] for name in wanted):
            missing.append((route, thing, answer.status_code, audit_log()[already:]))
    assert missing == []
    assert secret not in "".join(audit_log())


def test_refused_changes_are_not_audited_as_done(
    participants: Visitors, audit_log: AuditLog
) -> None:
    pk = participants.arguments["key"]["pk"]
    for address, sends in (
        ("/models/own/edit/", {"title": ""}),
        ("/models/doubao-seedream-5-0-lite/retire/", {"retired": "yes"}),
        ("/team/general/", {"name": "", "shares_runs": "author"}),
        ("/team/budget/", {"monthly_budget": "-1"}),
        (f"/team/keys/{pk}/rename/", {"name": ""}),
        ("/team/new/", {}),
    ):
        participants.people[OWNER].post(address, sends)
    assert [line for line in audit_log() if not line.startswith(("not allowed", "logged in"))] == []


@pytest.mark.parametrize("action", ["rename", "current", "disable", "enable"])
def test_each_change_of_a_key_is_audited(
    client: Client, api_key: ApiKey, audit_log: AuditLog, action: str
) -> None:
    client.post(f"/team/keys/{api_key.pk}/{action}/", {"name": "Second"})
    assert f'how="{action}"' in audit_log.last(AuditEvent.KEY_CHANGED)


def test_a_price_change_is_audited_with_old_and_new_value(
    client: Client, workspace: Workspace, seedream: ModelSpec, audit_log: AuditLog
) -> None:
    client.post(f"/models/{seedream.slug}/copy/")
    opened = client.get(f"/models/{seedream.slug}/edit/")
    review = client.post(
        f"/models/{seedream.slug}/edit/", fill(opened) | {"do": "save", "amount": "0.5"}
    )
    seal = review.text.partition('name="seal" value="')[2].partition('"')[0]
    client.post(f"/models/{seedream.slug}/edit/", fill(review) | {"seal": seal})
    line = audit_log.last(AuditEvent.MODEL_CHANGED)
    assert "Price: from $0.0315 per picture" in line
    assert "$0.50 per picture" in line


def test_changes_by_a_superuser_for_all_workspaces_are_marked(
    client: Client, ana: User, seedream: ModelSpec, audit_log: AuditLog
) -> None:
    User.objects.filter(pk=ana.pk).update(is_superuser=True)
    address = f"/models/{seedream.slug}/retire/"
    client.post(address, {"retired": "yes"})
    client.post(address, {"retired": "no"})
    for event in (AuditEvent.MODEL_RETIRED, AuditEvent.MODEL_RESTORED):
        assert 'whose="everybody"' in audit_log.last(event)


def test_personal_budgets_and_run_sharing_are_audited(
    client: Client, ana: User, audit_log: AuditLog
) -> None:
    membership = Membership.objects.get(user=ana)
    address, amount = f"/team/budget/{membership.public_id}/", {"daily_budget": "0.50"}
    sends = {"name": "Workspace", "unit": "credits", "shares_runs": "author"}
    client.post(address, amount)
    client.post("/team/general/", sends)
    assert "daily_budget of ana: none \\u2192 0.5" in audit_log.last(AuditEvent.BUDGETS_CHANGED)
    assert 'runs_shown_to="author"' in audit_log.last(AuditEvent.WORKSPACE_CHANGED)
    assert 'unit="$ \\u2192 credits"' in audit_log.last(AuditEvent.WORKSPACE_CHANGED)
    before = len(audit_log())
    client.post(address, amount)
    client.post("/team/general/", sends)
    assert len(audit_log()) == before


@pytest.mark.parametrize(
    ("address", "sends"),
    [
        ("/team/general/", {"name": FORGED_NAME, "shares_runs": "workspace"}),
        ("/team/new/", {"new-name": FORGED_NAME}),
        ("/models/ours/edit/", {"title": FORGED_NAME}),
        ("/models/ours/edit/", {"description": FORGED_NAME}),
    ],
)
def test_a_name_cannot_forge_an_audit_line(
    client: Client, workspace: Workspace, audit_log: AuditLog, address: str, sends: dict[str, str]
) -> None:
    ModelSpec.objects.publish("ours", workspace=workspace, title="Ours", schema={"type": "object"})
    if "models" in address:
        sends = fill(client.get(address)) | {"do": "save"} | sends
    before = len(audit_log())
    client.post(address, sends)
    (line,) = audit_log()[before:]
    assert "\n" not in line
    assert 'by="root"' not in line


# Each subcommand of `manage.py people` that makes changes: its arguments and its audit event.
SUBCOMMANDS: dict[str, tuple[tuple[str, ...], AuditEvent]] = {
    "owner": (("cy",), AuditEvent.ACCOUNT_MADE),
    "invite": ((), AuditEvent.INVITATION_MADE),
    "revoke": (("INVITATION",), AuditEvent.INVITATION_REVOKED),
    "role": (("bo", "viewer"), AuditEvent.ROLE_CHANGED),
    "remove": (("bo",), AuditEvent.PERSON_REMOVED),
    "workspace": (("Second", "bo"), AuditEvent.WORKSPACE_FOUNDED),
    "rename": (("Atelier",), AuditEvent.WORKSPACE_CHANGED),
    "password": (("bo",), AuditEvent.PASSWORD_CHANGED),
    "reset": (("bo",), AuditEvent.RESET_LINK_MADE),
    "logout": (("bo",), AuditEvent.SESSIONS_ENDED),
    "deactivate": (("bo",), AuditEvent.ACCOUNT_CLOSED),
    "reactivate": (("bo",), AuditEvent.ACCOUNT_OPENED),
    "grant-superuser": (("bo",), AuditEvent.SUPERUSER_GRANTED),
    "revoke-superuser": (("bo",), AuditEvent.SUPERUSER_REVOKED),
}
READ_ONLY_SUBCOMMANDS = {"list", "setup", "invitations"}
TESTED_ELSEWHERE = {"forget-second-factor"}  # see tests/teams/test_people_command.py


def test_every_subcommand_of_the_terminal_is_in_the_table() -> None:
    usage = Command().create_parser("manage.py", "people")
    verbs = next(each.choices for each in usage._actions if each.dest == "act")
    assert set(verbs or ()) == set(SUBCOMMANDS) | READ_ONLY_SUBCOMMANDS | TESTED_ELSEWHERE


@pytest.mark.parametrize("verb", SUBCOMMANDS)
@pytest.mark.usefixtures("ana", "bo")
def test_changes_from_a_terminal_are_audited(
    workspace: Workspace, audit_log: AuditLog, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long walk home\n"))
    invitation, _ = Invitation.objects.issue(workspace=workspace, role=Role.MEMBER, days=1)
    words, event = SUBCOMMANDS[verb]
    before = len(audit_log())
    given = [word.replace("INVITATION", str(invitation.pk)) for word in words]
    call_command("people", verb, *given, stdout=io.StringIO())
    (line,) = audit_log()[before:]
    assert line.startswith(f'{event} from="the terminal"')
    assert "a long walk home" not in line


def test_a_superuser_made_by_createsuperuser_is_audited(db: None, audit_log: AuditLog) -> None:
    User.objects.create_superuser("root")
    assert audit_log() == ['superuser granted from="the terminal" person="root"']


def test_the_first_owner_becomes_a_superuser_and_that_is_audited(
    db: None, audit_log: AuditLog, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr("sys.stdin", io.StringIO("a long walk home\n"))
    call_command("people", "owner", "ana", stdout=io.StringIO())
    assert User.objects.get().is_superuser
    assert audit_log()[-1] == 'superuser granted from="the terminal" person="ana"'
    call_command("people", "revoke-superuser", "ana", stdout=io.StringIO())
    assert not User.objects.get().is_superuser


type Change = Callable[[User], tuple[object, dict[str, str], str]]

ADMIN_CHANGES: dict[str, Change] = {
    "auth/user": lambda user: (
        user.pk,
        {"username": "bo", "is_active": "on", "is_superuser": "on"},
        "is_superuser: False \\u2192 True",
    ),
    "teams/workspace": lambda _: (
        Workspace.objects.first_one().pk,
        {"name": "Atelier"},
        "name: Workspace \\u2192 Atelier",
    ),
    "teams/membership": lambda user: (
        Membership.objects.get(user=user).pk,
        {"role": "viewer"},
        "role: member \\u2192 viewer",
    ),
}


def test_every_editable_table_of_the_admin_is_in_the_table() -> None:
    root = User(is_superuser=True)
    request = type("Request", (), {"user": root})()
    changed = {
        f"{model._meta.app_label}/{model._meta.model_name}"
        for model, admin in admin_urls()._registry.items()
        if admin.has_change_permission(request)
    }
    assert changed == set(ADMIN_CHANGES)


@pytest.mark.parametrize("table", ADMIN_CHANGES)
@pytest.mark.usefixtures("bo")
def test_admin_changes_are_audited_with_old_and_new_values(
    client: Client, site: str, audit_log: AuditLog, table: str
) -> None:
    User.objects.filter(username="ana").update(is_superuser=True)
    pk, sends, changes = ADMIN_CHANGES[table](User.objects.get(username="bo"))
    assert client.post(f"{site}{table}/{pk}/change/", sends).status_code == 302
    line = audit_log.last(AuditEvent.ADMIN_SITE_CHANGED)
    assert 'by="ana" from="127.0.0.1"' in line
    assert changes in line
    assert f'id="{pk}"' in line
    if table == "auth/user":
        assert 'by="ana" from="127.0.0.1" person="bo"' in audit_log.last(
            AuditEvent.SUPERUSER_GRANTED
        )


def test_a_password_set_in_the_admin_is_audited_but_not_shown(
    client: Client, ana: User, bo: Client, site: str, audit_log: AuditLog
) -> None:
    User.objects.filter(pk=ana.pk).update(is_superuser=True)
    pk = User.objects.get(username="bo").pk
    word = "a long walk home"
    sends = {"password1": word, "password2": word, "usable_password": "true"}
    client.post(f"{site}auth/user/{pk}/password/", sends)
    assert audit_log.last(AuditEvent.ADMIN_SITE_CHANGED)
    assert word not in "".join(audit_log())


def test_cancelling_one_s_own_run_is_not_audited(
    client: Client, run: Run, audit_log: AuditLog
) -> None:
    client.post(f"{run.get_absolute_url()}cancel/")
    assert [line for line in audit_log() if line.startswith(AuditEvent.RUN_CHANGED)] == []
