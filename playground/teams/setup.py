"""The first start: the holder of the printed token becomes the first owner.

Each start without accounts prints the token. It is the same on every host.
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
    """The first owner was created concurrently."""


def is_needed() -> bool:
    """Whether there is no account yet. The demo's user, for this machine only, does not count."""
    return not settings.DEMO_LOGIN and not User.objects.exists()


def offer() -> str:
    """Return the setup URL, "" if there are accounts already."""
    if not is_needed():
        return ""
    return absolute_url(f"/setup/?token={make_token()}")


def make_token() -> str:
    """Return the setup token: the same on each host, and not stored.

    It is an HMAC with SECRET_KEY of the first workspace's ID, which is random, so another database
    has another token. It is useless once there is an account.
    """
    facts = str(Workspace.objects.first_one().pk)
    return salted_hmac("playground.setup", facts, algorithm="sha256").hexdigest()


def is_right(token: str) -> bool:
    return is_needed() and constant_time_compare(make_token(), token.strip())


@transaction.atomic
def make_owner(form: AccountForm, workspace_name: str) -> Membership:
    """Create the first owner from a valid form, and their workspace.

    The person with the token operates the installation and so becomes a superuser.

    Raises  SetupDoneError
    """
    workspace = Workspace.objects.first_one()
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # serialises concurrent setups
    if not is_needed():
        raise SetupDoneError(_("This playground is already set up."))
    workspace.name = workspace_name
    workspace.save(update_fields=["name"])
    user = form.make()
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    return Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
