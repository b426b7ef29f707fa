"""Explains why a workspace has no usable API key, and what to do about it."""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from playground.schema.lists import join_sentences, list_any
from playground.teams import providers_in_use
from playground.teams.models import ApiKey, Workspace
from playground.teams.models.api_key import ApiKeyQuerySet


class MissingKey(Enum):
    """Why no key can be used."""

    NONE = "none"
    DISABLED = "disabled"
    OTHER_SERVICE = "other service"
    IDLE = "idle"

    @property
    def words(self) -> str:
        """The reason without names of keys, for pages that anyone may read."""
        return str(REASONS[self])


REASONS = {
    MissingKey.NONE: gettext_lazy("No API key is stored, so nothing can be sent."),
    MissingKey.DISABLED: gettext_lazy("The stored API keys are disabled, so nothing can be sent."),
    MissingKey.OTHER_SERVICE: gettext_lazy(
        "No API key is stored for the provider in use, so nothing can be sent."
    ),
    MissingKey.IDLE: gettext_lazy("Nothing is sent to this provider here."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAdvice:
    """The problem with the API keys.

    message  one sentence for people: "The API key “Team” is disabled, so nothing can be sent."
    """

    missing: MissingKey
    message: str

    @property
    def action(self) -> str:
        """The label of the link to the solution."""
        if self.missing is MissingKey.IDLE:
            return _("View API keys")
        return _("Enable one") if self.missing is MissingKey.DISABLED else _("Add one")


def explain_missing_key(
    workspace: Workspace | None = None, *, provider: str = ""
) -> KeyAdvice | None:
    """Return why there is no usable API key; None if there is one.

    workspace  None for all workspaces
    provider   slug of the provider; "" for any that is in use
    """
    keys = ApiKey.objects.kept().defer("secret")
    if workspace is not None:
        keys = keys.filter(workspace=workspace)
    wanted = [provider] if provider else providers_in_use.slugs()
    if keys.usable().filter(provider__in=wanted).exists():
        return None
    return explain_keys(keys, wanted)


def explain_keys(keys: ApiKeyQuerySet, wanted: list[str]) -> KeyAdvice:
    """Return the reason why these keys cannot be used for the wanted providers."""
    service = list_any(providers_in_use.name_of(slug) for slug in wanted)
    if why := join_sentences(filter(None, map(providers_in_use.why_idle, wanted))):
        return KeyAdvice(missing=MissingKey.IDLE, message=why)
    disabled = list(keys.filter(provider__in=wanted, is_active=False)[:2])
    if disabled:
        message = ngettext(
            "The API key “%(name)s” is disabled, so nothing can be sent.",
            "All API keys of %(service)s are disabled, so nothing can be sent.",
            len(disabled),
        )
        words = {"name": disabled[0].name, "service": service}
        return KeyAdvice(missing=MissingKey.DISABLED, message=message % words)
    if other := keys.exclude(provider__in=wanted).first():
        message = _(
            "The stored API key is for %(other)s, and runs of this model go to %(service)s, so "
            "nothing can be sent."
        )
        words = {"other": other.provider_name, "service": service}
        return KeyAdvice(missing=MissingKey.OTHER_SERVICE, message=message % words)
    return KeyAdvice(missing=MissingKey.NONE, message=MissingKey.NONE.words)
