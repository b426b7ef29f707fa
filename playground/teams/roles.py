"""The roles in a workspace and their permissions, as one table."""

from enum import Enum

from django.db import models


class Role(models.TextChoices):
    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"


class Permission(Enum):
    """What a role may do; the value is the message for members without the permission."""

    GENERATE = (
        "You may look at everything here and download it. Only members and owners of this "
        "workspace generate: ask an owner to make you a member."
    )
    EDIT_MODELS = "Only owners of the workspace can add and change its models."
    MANAGE_KEYS = "Only owners of the workspace can see and change its API keys."
    MANAGE_BUDGET = "Only owners of the workspace can set budgets."
    EXPORT = "Only owners of the workspace can export it."
    MANAGE_WORKSPACE = "Only owners of the workspace can change its settings."
    MANAGE_PEOPLE = "Only owners of the workspace can manage its members."


# Every role may look and download.
PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.VIEWER: frozenset(),
    Role.MEMBER: frozenset({Permission.GENERATE}),
    Role.OWNER: frozenset(Permission),
}

ROLE_DESCRIPTIONS: dict[str, str] = {
    Role.VIEWER: "sees and downloads everything",
    Role.MEMBER: "sees everything and generates",
    Role.OWNER: "also manages members, models, API keys and budgets",
}
