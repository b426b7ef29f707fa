"""The pages on which people get API keys, in templates."""

from django import template

from playground.providers import registry
from playground.providers.protocol import Provider

register = template.Library()


@register.simple_tag
def key_pages() -> list[Provider]:
    """Return the providers that give keys to people; each has its page as `keys_url`."""
    return [each for each in registry.real() if each.keys_url]
