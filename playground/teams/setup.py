"""The first start: the holder of the printed token becomes the first owner.

Each start without people prints the token, and it is the same whichever host prints it or is asked.
"""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from playground.public_url import absolute_url
from playground.teams.forms import AccountForm
from playground.teams.models import Membership, Role, Workspace
from playground.teams.people import PeopleError


class SetupDoneError(PeopleError):
    """A person was faster."""


def is_needed() -> bool:
    """Whether no one can log in yet. In the demo its own person does, from this machine alone."""
    return not settings.DEMO_LOGIN and not User.objects.exists()


def offer() -> str:
    """Return the address that makes the first owner, "" where there are people already."""
    if not is_needed():
        return ""
    return absolute_url(f"/setup/?token={make_token()}")


def make_token() -> str:
    """Return the token of this installation: the same on each of its hosts, and kept nowhere.

    It is a MAC by SECRET_KEY over the first workspace, whose id is random, so that another
    database has another token. It is worth nothing once there is an account.
    """
    facts = str(Workspace.objects.first_one().pk)
    return salted_hmac("playground.setup", facts, algorithm="sha256").hexdigest()


def is_right(token: str) -> bool:
    return is_needed() and constant_time_compare(make_token(), token.strip())


@transaction.atomic
def make_owner(form: AccountForm, workspace_name: str) -> Membership:
    """Make the first person, of a form that is valid, and the workspace that they own.

    The person who holds the token runs the installation, and so they become a superuser.

    Raises  SetupDoneError
    """
    workspace = Workspace.objects.first_one()
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # two at once: one after the other
    if not is_needed():
        raise SetupDoneError(_("This playground is already set up."))
    workspace.name = workspace_name
    workspace.save(update_fields=["name"])
    user = form.make()
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    return Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
