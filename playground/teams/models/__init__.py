"""The tables of this room."""

from playground.teams.models.api_key import ApiKey, Service
from playground.teams.models.membership import Membership, Role
from playground.teams.models.workspace import Workspace

__all__ = ["ApiKey", "Membership", "Role", "Service", "Workspace"]
