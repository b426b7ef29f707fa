"""The pages on which people get API keys, in templates."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from playground.providers import registry
from playground.schema.lists import list_plain

register = template.Library()


@register.simple_tag
def links_to_key_pages() -> SafeString:
    """Return links to the providers' pages, one after the other; "" where there are none."""
    pages = [each for each in registry.real() if each.keys_url]
    link = '<a href="{}" rel="noreferrer">{}</a>'
    return SafeString(list_plain(format_html(link, each.keys_url, each.name) for each in pages))
