"""The first start: who holds the token that the server printed makes the first owner.

The token lies in the data folder until somebody has used it; each start without people prints it.
"""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from playground.public_url import absolute_url
from playground.teams.forms import AccountForm
from playground.teams.models import Membership, Role, Workspace
from playground.teams.people import PeopleError


class SetupDoneError(PeopleError):
    """Somebody was faster."""


def is_needed() -> bool:
    """Whether nobody can log in yet. In the demo its own person does, from this machine alone."""
    return not settings.DEMO_LOGIN and not User.objects.exists()


def token_path() -> Path:
    return Path(settings.DATA_DIR) / "setup_token"


def offer() -> str:
    """Return the address that makes the first owner, "" where there are people already."""
    if not is_needed():
        return ""
    return absolute_url(f"/setup/?token={keep_token()}")


def keep_token() -> str:
    """Return the token in the data folder, made at need, by one of several processes."""
    path = token_path()
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:  # noqa: PTH123 - it takes the mode
        file.write(secrets.token_urlsafe(32))
    try:
        os.link(made, path)  # whole or not at all, and never over another's
    except FileExistsError:
        pass
    finally:
        made.unlink()
    return path.read_text()


def is_right(token: str) -> bool:
    try:
        kept = token_path().read_text()
    except FileNotFoundError:
        return False
    return bool(kept) and secrets.compare_digest(kept.encode(), token.strip().encode())


@transaction.atomic
def make_owner(form: AccountForm, workspace_name: str) -> Membership:
    """Make the first person, of a form that is valid, and the workspace that they own.

    Whoever holds the token runs the installation, and so they become a superuser.

    Raises  SetupDoneError
    """
    workspace = Workspace.objects.first_one()
    Workspace.objects.select_for_update().get(pk=workspace.pk)  # two at once: one after the other
    if not is_needed():
        raise SetupDoneError("Somebody has set this up already.")
    workspace.name = workspace_name
    workspace.save(update_fields=["name"])
    token_path().unlink(missing_ok=True)
    user = form.make()
    user.is_superuser = True
    user.save(update_fields=["is_superuser"])
    return Membership.objects.create(workspace=workspace, user=user, role=Role.OWNER)
