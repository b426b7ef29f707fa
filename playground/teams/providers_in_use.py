"""The providers that this installation uses, and their addresses."""

from django.conf import settings
from django.utils.translation import gettext as _

from playground.providers import registry
from playground.providers.protocol import Provider


def address_of(provider: Provider) -> str:
    """Return the base URL of a provider, "" if it is not available (no sandbox was started)."""
    return str(getattr(settings, provider.base_url_setting)) if provider.base_url_setting else ""


def name_of(slug: str) -> str:
    """Return the display name of a provider; companies have one name in all languages."""
    provider = registry.get(slug)
    return _("Sandbox") if provider.stands_in_for else provider.name


def given_key(provider: Provider) -> str:
    """Return a provider's API key from the environment, "" for none."""
    return str(getattr(settings, provider.key_variable)).strip()


def running_stand_in() -> Provider | None:
    """Return the sandbox if it is running."""
    return next((each for each in registry.stand_ins() if address_of(each)), None)


def idle_stand_ins() -> list[str]:
    """Return the slugs of the sandboxes that do not run."""
    return [each.slug for each in registry.stand_ins() if not address_of(each)]


def list_all() -> list[Provider]:
    """Return the providers in use for new runs.

    While the sandbox runs, it is the only one: a demo must not spend money with a key that an
    earlier start stored.
    """
    stand_in = running_stand_in()
    return [stand_in] if stand_in else [each for each in registry.real() if address_of(each)]


def slugs() -> list[str]:
    """Return the slugs of the providers in use."""
    return [each.slug for each in list_all()]


def provider_for(named: str) -> str:
    """Return the slug of the provider that runs a model: its own, or the sandbox."""
    stand_in = running_stand_in()
    return stand_in.slug if stand_in and stand_in.stands_in_for == named else named


def why_idle(slug: str) -> str:
    """Return why no run can be sent to a provider, "" if one can."""
    provider, stand_in = registry.get(slug), running_stand_in()
    words = {"provider": name_of(slug)}
    if slug in slugs():
        return ""
    if slug not in registry.PROVIDERS:
        return _("This program has no provider %(provider)s.") % words
    if provider.stands_in_for:
        return _("The sandbox is not running.")
    if stand_in:
        return _("While the sandbox runs, nothing is sent to %(provider)s.") % words
    return _("The address of %(provider)s is not set.") % words
