"""`manage.py people`: what owners do on the page of that name, and what only the operator may."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from playground.teams import people, setup
from playground.teams.forms import DAYS
from playground.teams.models import Invitation, Membership, Role, Workspace


class Command(BaseCommand):
    help = "List people, invite somebody, set or take a role, make a workspace, show the setup."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="each workspace with its people")
        acts.add_parser("setup", help="the address that makes the first owner")
        invite = acts.add_parser("invite", help="print a link that lets one person in")
        invite.add_argument("--role", choices=Role.values, default=Role.MEMBER)
        invite.add_argument("--days", type=int, choices=[*DAYS], default=7)
        role = acts.add_parser("role", help="give somebody a role, also who did not belong there")
        role.add_argument("user")
        role.add_argument("role", choices=Role.values)
        remove = acts.add_parser("remove", help="take somebody out of a workspace")
        remove.add_argument("user")
        for each in (invite, role, remove):
            each.add_argument("--workspace", help="its name; needed where there are several")
        found = acts.add_parser("workspace", help="make a workspace")
        found.add_argument("name")
        found.add_argument("owner", help="the user name of who owns it")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        acts = {
            "list": self.tell,
            "setup": self.tell_setup,
            "invite": self.invite,
            "role": self.give_role,
            "remove": self.remove,
            "workspace": self.found,
        }
        acts[options["act"]](options)

    def tell(self, options: dict[str, Any]) -> None:
        del options
        for workspace in Workspace.objects.order_by("created_at"):
            self.stdout.write(workspace.name)
            for place in workspace.memberships.select_related("user").order_by("joined_at"):
                self.stdout.write(f"  {place.role:<8}{place.user.get_username()}")

    def tell_setup(self, options: dict[str, Any]) -> None:
        del options
        self.stdout.write(setup.offer() or "There are people already: owners invite the others.")

    def invite(self, options: dict[str, Any]) -> None:
        _, token = Invitation.objects.issue(
            workspace=find_workspace(options["workspace"]),
            role=options["role"],
            days=options["days"],
        )
        base = settings.PUBLIC_BASE_URL or f"http://127.0.0.1:{settings.PORT}"
        self.stdout.write(base + reverse("join", args=[token]))

    def give_role(self, options: dict[str, Any]) -> None:
        user, workspace = find_user(options["user"]), find_workspace(options["workspace"])
        place, is_new = Membership.objects.get_or_create(
            workspace=workspace, user=user, defaults={"role": options["role"]}
        )
        if not is_new:
            do(lambda: people.change_role(place, options["role"]))

    def remove(self, options: dict[str, Any]) -> None:
        user, workspace = find_user(options["user"]), find_workspace(options["workspace"])
        place = Membership.objects.filter(workspace=workspace, user=user).first()
        if place is None:
            raise CommandError(f"{user} does not belong to {workspace}.")
        do(lambda: people.remove(place))

    def found(self, options: dict[str, Any]) -> None:
        people.found_workspace(options["name"], find_user(options["owner"]))


def find_user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise CommandError(f"Nobody is called {name}. createsuperuser makes an account, or invite.")
    return user


def find_workspace(name: str | None) -> Workspace:
    named = Workspace.objects.filter(name=name) if name else Workspace.objects.all()
    if len(named) == 1:
        return named[0]
    names = ", ".join(Workspace.objects.values_list("name", flat=True)) or "none"
    raise CommandError(f"Name one workspace with --workspace. There are: {names}.")


def do(act: Any) -> None:
    try:
        act()
    except people.PeopleError as error:
        raise CommandError(str(error)) from error
