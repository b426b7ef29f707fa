"""Why a workspace has no API key that new runs could be paid with, and what to do about it."""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.teams.models import ApiKey, Service, Workspace
from playground.teams.models.api_key import ApiKeyQuerySet


class Missing(Enum):
    """Why no key can be used; the value says so without a name, for pages that anyone may read."""

    NONE = "No API key is stored, so nothing can be sent."
    DISABLED = "The stored API keys are disabled, so nothing can be sent."
    OTHER_SERVICE = "No API key is stored for the service in use, so nothing can be sent."


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is wrong with the keys.

    message  one sentence for people: "The API key “Team” is disabled, so nothing can be sent."
    """

    missing: Missing
    message: str

    @property
    def action(self) -> str:
        """What to do about it, as a link says it."""
        return _("Enable one") if self.missing is Missing.DISABLED else _("Add one")


def explain_missing_key(workspace: Workspace | None = None) -> Advice | None:
    """Return why a workspace has no usable key, or none of them all; None where one has."""
    keys = ApiKey.objects.kept().defer("secret")
    if workspace is not None:
        keys = keys.filter(workspace=workspace)
    if keys.usable().exists():
        return None
    return explain_keys(keys)


def explain_keys(keys: ApiKeyQuerySet) -> Advice:
    """Return what keeps these keys, none of which is usable, from being used."""
    service = Service.in_use()
    disabled = list(keys.filter(service=service, is_active=False)[:2])
    if disabled:
        message = ngettext(
            "The API key “%(name)s” is disabled, so nothing can be sent.",
            "All API keys of %(service)s are disabled, so nothing can be sent.",
            len(disabled),
        )
        words = {"name": disabled[0].name, "service": service.label}
        return Advice(missing=Missing.DISABLED, message=message % words)
    if other := keys.exclude(service=service).first():
        message = _(
            "The stored API key is for %(other)s, and runs go to %(service)s now, so nothing can "
            "be sent."
        )
        words = {"other": other.get_service_display(), "service": service.label}
        return Advice(missing=Missing.OTHER_SERVICE, message=message % words)
    return Advice(missing=Missing.NONE, message=_(Missing.NONE.value))
