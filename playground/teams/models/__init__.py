"""The tables of this room."""

from playground.teams.models.api_key import ApiKey
from playground.teams.models.invitation import Invitation
from playground.teams.models.mail import Mail
from playground.teams.models.membership import DEMO_USERNAME, Membership, is_operator
from playground.teams.models.preferences import Preferences
from playground.teams.models.tally import Tally
from playground.teams.models.workspace import Workspace
from playground.teams.roles import Role

__all__ = [
    "DEMO_USERNAME",
    "ApiKey",
    "Invitation",
    "Mail",
    "Membership",
    "Preferences",
    "Role",
    "Tally",
    "Workspace",
    "is_operator",
]
