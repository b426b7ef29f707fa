"""Changes of memberships: accept an invitation, change a role, remove a member."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from playground.teams.models import Invitation, Membership, Role, Workspace

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class PeopleError(Exception):
    """The action is not possible; the message tells the person why."""


class InvitationClosedError(PeopleError):
    """No one comes in by this invitation any more."""


class LastOwnerError(PeopleError):
    """A workspace without an owner would be no one's to manage."""

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
    """Take a person in; who belongs there already leaves the invitation to another person.

    Raises  InvitationClosedError, also when another was faster by the same link
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
    """Give a person another role.

    Raises  LastOwnerError
    """
    if role != Role.OWNER:
        check_other_owner(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)


@transaction.atomic
def remove_member(membership: Membership) -> None:
    """Remove a member from a workspace; everything they made there stays.

    Raises  LastOwnerError
    """
    check_other_owner(membership)
    Membership.objects.filter(pk=membership.pk).delete()


def check_other_owner(membership: Membership) -> None:
    # Two owners who take each other out at the same moment wait for each other here.
    Workspace.objects.select_for_update().get(pk=membership.workspace_id)
    owners = Membership.objects.filter(
        workspace=membership.workspace_id, role=Role.OWNER, user__is_active=True
    )
    if set(owners.values_list("pk", flat=True)) == {membership.pk}:
        raise LastOwnerError(membership)


@transaction.atomic
def found_workspace(name: str, owner: "User") -> Workspace:
    """Make a workspace of its own for a person."""
    workspace = Workspace.objects.create(name=name)
    Membership.objects.create(workspace=workspace, user=owner, role=Role.OWNER)
    return workspace
