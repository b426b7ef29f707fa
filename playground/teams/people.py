"""Changes of memberships: accept an invitation, change a role, remove a member."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from playground.teams.models import Invitation, Membership, Role, Workspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class PeopleError(Exception):
    """The action is not possible; the message says why."""


class InvitationClosedError(PeopleError):
    """The invitation is used, expired or revoked."""


class LastOwnerError(PeopleError):
    """A workspace must have an owner."""

    def __init__(self, membership: Membership) -> None:
        super().__init__(
            _("%(person)s is the only owner of %(workspace)s. Make another member an owner first.")
            % {
                "person": membership.user.get_username(),
                "workspace": membership.workspace.name,
            }
        )


@transaction.atomic
def accept_invitation(invitation: Invitation, user: "User") -> Membership:
    """Add a person to the workspace; a member does not use up the invitation.

    Raises  InvitationClosedError, also if another person used the link concurrently
    """
    membership = Membership.objects.filter(workspace=invitation.workspace, user=user).first()
    if membership:
        return membership
    mine = Invitation.objects.open().filter(pk=invitation.pk)
    if not mine.update(used_at=timezone.now(), used_by=user):
        invitation.refresh_from_db()
        raise InvitationClosedError(invitation.closed_because)
    return Membership.objects.create(
        workspace=invitation.workspace, user=user, role=invitation.role
    )


@transaction.atomic
def change_role(membership: Membership, role: str) -> None:
    """Change the role of a member.

    Raises  LastOwnerError
    """
    if role != Role.OWNER:
        check_other_owner(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Remove a member from a workspace; their content stays.

    Raises  LastOwnerError
    """
    check_other_owner(membership)
    Membership.objects.filter(pk=membership.pk).delete()


def check_other_owner(membership: Membership) -> None:
    # Row locks serialise two owners who remove each other concurrently.
    Workspace.objects.select_for_update().get(pk=membership.workspace_id)
    owners = Membership.objects.filter(
        workspace=membership.workspace_id, role=Role.OWNER, user__is_active=True
    )
    if set(owners.values_list("pk", flat=True)) == {membership.pk}:
        raise LastOwnerError(membership)


@transaction.atomic
def found_workspace(name: str, owner: "User") -> Workspace:
    """Create a workspace that a person owns."""
    workspace = Workspace.objects.create(name=name)
    Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
    return workspace
