"""What each role may do in a workspace, as one table."""

from enum import Enum

from django.db import models


class Role(models.TextChoices):
    OWNER = "owner"
    MEMBER = "member"
    VIEWER = "viewer"


class Act(Enum):
    """Something that not everybody may do; the value is said to those who may not."""

    GENERATE = (
        "You may look at everything here and download it. Only members and owners of this "
        "workspace generate: ask an owner to make you a member."
    )
    EDIT_MODELS = "Only an owner of the workspace adds and changes its models."
    MANAGE_KEYS = "Only an owner of the workspace sees and changes its API keys."
    MANAGE_BUDGET = "Only an owner of the workspace says what may be spent."
    EXPORT = "Only an owner of the workspace takes all of it away."
    MANAGE_PEOPLE = "Only an owner of the workspace says who belongs to it."


# Looking and downloading is what every role may do.
MAY: dict[str, frozenset[Act]] = {
    Role.VIEWER: frozenset(),
    Role.MEMBER: frozenset({Act.GENERATE}),
    Role.OWNER: frozenset(Act),
}

IN_WORDS: dict[str, str] = {
    Role.VIEWER: "sees and downloads everything",
    Role.MEMBER: "sees everything and generates",
    Role.OWNER: "also manages members, models, API keys and budgets",
}
