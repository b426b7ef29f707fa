"""The roles in a workspace and their permissions, as one table."""

from enum import Enum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    MEMBER = "member", _("Member")
    VIEWER = "viewer", _("Viewer")


class Permission(Enum):
    """What a role may do."""

    GENERATE = "generate"
    EDIT_MODELS = "edit models"
    MANAGE_KEYS = "manage keys"
    MANAGE_BUDGET = "manage budget"
    EXPORT = "export"
    MANAGE_WORKSPACE = "manage workspace"
    MANAGE_PEOPLE = "manage people"

    @property
    def refusal(self) -> str:
        """The error message for members without the permission."""
        return str(REFUSALS[self])


REFUSALS = {
    Permission.GENERATE: _(
        "You can view and download everything here. Only members and owners of this workspace can "
        "generate: ask an owner to make you a member."
    ),
    Permission.EDIT_MODELS: _("Only owners of the workspace can add and change its models."),
    Permission.MANAGE_KEYS: _("Only owners of the workspace can see and change its API keys."),
    Permission.MANAGE_BUDGET: _("Only owners of the workspace can set budgets."),
    Permission.EXPORT: _("Only owners of the workspace can export it."),
    Permission.MANAGE_WORKSPACE: _("Only owners of the workspace can change its settings."),
    Permission.MANAGE_PEOPLE: _("Only owners of the workspace can manage its members."),
}

# Every role may look and download.
PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.VIEWER: frozenset(),
    Role.MEMBER: frozenset({Permission.GENERATE}),
    Role.OWNER: frozenset(Permission),
}

ROLE_DESCRIPTIONS: dict[str, Promise] = {
    Role.VIEWER: _("sees and downloads everything"),
    Role.MEMBER: _("sees everything and generates"),
    Role.OWNER: _("also manages members, models, API keys and budgets"),
}
