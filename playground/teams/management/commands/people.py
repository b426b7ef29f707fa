"""`manage.py people`: manages members on the command line, and operator commands."""

import getpass
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.forms import Form
from django.urls import reverse
from django.utils import timezone

from playground.public_url import absolute_url
from playground.teams import access, audit, people, sessions, setup
from playground.teams.audit import AuditEvent
from playground.teams.forms import DAYS, AccountForm, InvitationForm, WorkspaceForm
from playground.teams.models import Invitation, Membership, Role, Workspace

PASSWORD_HELP = "the password is asked for, or read from standard input, and never an argument"  # noqa: S105 - words


class Command(BaseCommand):
    help = "Say who belongs where, and who can log in; what the page People does, and more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True, metavar="act")
        add = acts.add_parser
        add("list", help="each workspace with its people")
        add("setup", help="the address that makes the first owner")
        owner = add("owner", help=f"make an account that owns a workspace; {PASSWORD_HELP}")
        owner.add_argument("user", help="the name of the new account")
        owner.add_argument("--email", default="")
        invite = add("invite", help="print a link that lets one person in")
        invite.add_argument("--role", choices=Role.values, default=Role.MEMBER)
        invite.add_argument("--days", type=int, choices=[*DAYS], default=7)
        invite.add_argument("--for", dest="note", default="", help="whom it is for, to remember")
        invitations = add("invitations", help="list the open invitations")
        revoke = add("revoke", help="take an invitation back")
        revoke.add_argument("invitation", help="as `invitations` prints it")
        role = add("role", help="give a person a role, and add them to the workspace if needed")
        role.add_argument("user")
        role.add_argument("role", choices=Role.values)
        remove = add("remove", help="remove a person from a workspace")
        remove.add_argument("user")
        found = add("workspace", help="make a workspace")
        found.add_argument("name")
        found.add_argument("owner", help="the user name of who owns it")
        rename = add("rename", help="give a workspace another name")
        rename.add_argument("name", help="the new name")
        for each in (owner, invite, invitations, role, remove, rename):
            each.add_argument("--workspace", help="its name; needed where there are several")
        for name, words in {
            "password": f"set a new password for a person; {PASSWORD_HELP}",
            "reset": "print a link, valid once, for choosing a new password",
            "logout": "log a person out in every browser",
            "deactivate": "disable the login of a person; their pictures are kept",
            "reactivate": "enable the login of a person again",
            "forget-second-factor": "have the password do alone, for who lost the other",
            "grant-superuser": "allow a person to change the models of the installation",
            "revoke-superuser": "limit a person to the models of their workspaces",
        }.items():
            add(name, help=words).add_argument("user")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        acts: dict[str, Callable[[dict[str, Any]], str]] = {
            "list": list_people,
            "setup": print_setup,
            "owner": make_owner,
            "invite": invite,
            "invitations": list_invitations,
            "revoke": revoke,
            "role": give_role,
            "remove": remove,
            "workspace": found,
            "rename": rename,
            "password": set_password,
            "reset": make_reset_link,
            "logout": log_out,
            "deactivate": deactivate,
            "reactivate": reactivate,
            "forget-second-factor": forget_second_factor,
            "grant-superuser": set_superuser,
            "revoke-superuser": set_superuser,
        }
        try:
            self.stdout.write(acts[options["act"]](options))
        except people.PeopleError as error:
            raise CommandError(str(error)) from error


def list_people(options: dict[str, Any]) -> str:
    del options
    lines = []
    for workspace in Workspace.objects.order_by("created_at"):
        lines.append(workspace.name)
        memberships = workspace.memberships.select_related("user").order_by("joined_at")
        lines += [
            f"  {membership.role:<8}{describe(membership.user)}" for membership in memberships
        ]
    if nowhere := User.objects.filter(memberships=None).order_by("username"):
        lines += ["In no workspace", *(f"  {'':<8}{describe(user)}" for user in nowhere)]
    return "\n".join(lines)


def describe(user: User) -> str:
    marks = " (superuser)" if user.is_superuser else ""
    return user.get_username() + marks + ("" if user.is_active else " (deactivated)")


def print_setup(options: dict[str, Any]) -> str:
    del options
    return setup.offer() or "There are people already: owners invite the others."


def make_owner(options: dict[str, Any]) -> str:
    """Create the first owner with a new workspace, or another owner of an existing one."""
    is_first, name = setup.is_needed(), options["workspace"]
    workspace = None if is_first else find_workspace(name)
    facts = {"username": options["user"], "email": options["email"]}
    form = AccountForm(facts | {"password": read_password()})
    check_valid(form)
    if workspace is None:
        named = WorkspaceForm({"name": name or Workspace.objects.first_one().name})
        check_valid(named)
        membership = setup.make_owner(form, named.cleaned_data["name"])
    else:
        membership = Membership.objects.create(
            workspace=workspace, user=form.make(), role=Role.OWNER
        )
    audit.log_event(None, AuditEvent.ACCOUNT_MADE, **audit.membership_facts(membership))
    if is_first:
        audit.log_event(None, AuditEvent.SUPERUSER_GRANTED, person=membership.user)
    return f"{membership.user} owns {membership.workspace}."


def invite(options: dict[str, Any]) -> str:
    workspace = find_workspace(options["workspace"])
    form = InvitationForm({name: options[name] for name in ("role", "days", "note")})
    check_valid(form)
    invitation, token = Invitation.objects.issue(workspace=workspace, **form.cleaned_data)
    facts = {"invitation": invitation.pk, "role": invitation.role}
    audit.log_event(None, AuditEvent.INVITATION_MADE, **facts, workspace=workspace)
    return absolute_url(reverse("join", args=[token]))


def list_invitations(options: dict[str, Any]) -> str:
    still = Invitation.objects.open().select_related("workspace").order_by("expires_at")
    if name := options["workspace"]:
        still = still.filter(workspace=find_workspace(name))
    return "\n".join(map(describe_invitation, still)) or "No open invitations."


def describe_invitation(each: Invitation) -> str:
    until = f"until {each.expires_at:%Y-%m-%d %H:%M} UTC"
    whom = f", for {each.note}" if each.note else ""
    return f"{each.pk}  {each.role:<7} of {each.workspace}, {until}{whom}"


def revoke(options: dict[str, Any]) -> str:
    wanted = options["invitation"]
    try:
        taken = Invitation.objects.open().filter(pk=wanted).update(revoked_at=timezone.now())
    except ValidationError:
        taken = 0
    if not taken:
        raise CommandError(f"No open invitation is called {wanted}: `people invitations` has them.")
    audit.log_event(None, AuditEvent.INVITATION_REVOKED, invitation=wanted)
    return "Revoked."


def give_role(options: dict[str, Any]) -> str:
    user, workspace = find_user(options["user"]), find_workspace(options["workspace"])
    membership, is_new = Membership.objects.get_or_create(
        workspace=workspace, user=user, defaults={"role": options["role"]}
    )
    if not is_new:
        people.change_role(membership, options["role"])
    membership.role = options["role"]
    audit.log_event(None, AuditEvent.ROLE_CHANGED, **audit.membership_facts(membership))
    return f"{user} is {options['role']} of {workspace}."


def remove(options: dict[str, Any]) -> str:
    user, workspace = find_user(options["user"]), find_workspace(options["workspace"])
    membership = Membership.objects.filter(workspace=workspace, user=user).first()
    if membership is None:
        raise CommandError(f"{user} does not belong to {workspace}.")
    people.remove_member(membership)
    audit.log_event(None, AuditEvent.PERSON_REMOVED, **audit.membership_facts(membership))
    return f"{user} does not belong to {workspace} any more."


def found(options: dict[str, Any]) -> str:
    owner, form = find_user(options["owner"]), WorkspaceForm({"name": options["name"]})
    check_valid(form)
    workspace = people.found_workspace(form.cleaned_data["name"], owner)
    audit.log_event(None, AuditEvent.WORKSPACE_FOUNDED, workspace=workspace, person=owner)
    return f"{owner} owns {workspace}."


def rename(options: dict[str, Any]) -> str:
    workspace, form = find_workspace(options["workspace"]), WorkspaceForm({"name": options["name"]})
    check_valid(form)
    before, workspace.name = workspace.name, form.cleaned_data["name"]
    workspace.save(update_fields=["name"])
    audit.log_event(None, AuditEvent.WORKSPACE_CHANGED, renamed_from=before, workspace=workspace)
    return f"{before} is called {workspace} now."


def set_password(options: dict[str, Any]) -> str:
    user = find_user(options["user"])
    try:
        access.set_password(user, read_password())
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    audit.log_event(None, AuditEvent.PASSWORD_CHANGED, person=user)
    return f"{user} has another password, and is logged out everywhere."


def make_reset_link(options: dict[str, Any]) -> str:
    user = find_user(options["user"])
    if not user.is_active:
        raise CommandError(f"{user} is deactivated: reactivate the account first.")
    audit.log_event(None, AuditEvent.RESET_LINK_MADE, person=user)
    return access.make_reset_link(user)


def log_out(options: dict[str, Any]) -> str:
    user = find_user(options["user"])
    count = sessions.end_sessions(user)
    audit.log_event(None, AuditEvent.SESSIONS_ENDED, person=user)
    return (
        f"{user} was logged in in {count} browser{'' if count == 1 else 's'}, and is in none now."
    )


def deactivate(options: dict[str, Any]) -> str:
    user = find_user(options["user"])
    access.deactivate(user)
    audit.log_event(None, AuditEvent.ACCOUNT_CLOSED, person=user)
    return f"{user} cannot log in any more, and is logged out everywhere."


def reactivate(options: dict[str, Any]) -> str:
    user = find_user(options["user"])
    access.reactivate(user)
    audit.log_event(None, AuditEvent.ACCOUNT_OPENED, person=user)
    return f"{user} can log in."


def forget_second_factor(options: dict[str, Any]) -> str:
    user = find_user(options["user"])
    if not access.forget_second_factor(user):
        raise CommandError(f"{user} has no second factor.")
    audit.log_event(None, AuditEvent.FACTOR_REMOVED, person=user)
    return f"{user} logs in without a second factor."


def set_superuser(options: dict[str, Any]) -> str:
    user, is_superuser = find_user(options["user"]), options["act"] == "grant-superuser"
    access.set_superuser(user, is_superuser=is_superuser)
    event = AuditEvent.SUPERUSER_GRANTED if is_superuser else AuditEvent.SUPERUSER_REVOKED
    audit.log_event(None, event, person=user)
    return f"{user} is {'a' if is_superuser else 'no'} superuser now."


def read_password() -> str:
    """Prompt for the password twice on a terminal; else read the first line of stdin."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("New password: ")
    if getpass.getpass("The same again: ") != password:
        raise CommandError("These were two different passwords.")
    return password


def find_user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"Nobody is called {name}. `people owner` makes an account, or invite.")
    return user


def find_workspace(name: str | None) -> Workspace:
    named = Workspace.objects.filter(name=name) if name else Workspace.objects.all()
    if len(named) == 1:
        return named[0]
    names = ", ".join(Workspace.objects.values_list("name", flat=True)) or "none"
    raise CommandError(f"Name one workspace with --workspace. There are: {names}.")


def check_valid(form: Form) -> None:
    """Raise a CommandError with the errors of a form."""
    if not form.is_valid():
        errors = [(name, " ".join(map(str, errors))) for name, errors in form.errors.items()]
        raise CommandError(" ".join(f"{form[name].label}: {words}" for name, words in errors))
