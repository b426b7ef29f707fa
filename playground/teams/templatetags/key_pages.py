"""The pages on which people get API keys, in templates."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from playground.providers import registry
from playground.providers.protocol import Provider
from playground.schema.lists import list_plain

register = template.Library()


@register.simple_tag
def links_to_key_pages(providers: Iterable[Provider] | None = None) -> SafeString:
    """Return links to the providers' API key pages; "" if there are none.

    providers  None for all known providers
    """
    pages = [each for each in providers or registry.real() if each.keys_url]
    link = '<a href="{}" rel="noreferrer">{}</a>'
    return SafeString(list_plain(format_html(link, each.keys_url, each.name) for each in pages))
