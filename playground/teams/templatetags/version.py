"""The version of the program in templates: {% version %}."""

from django import template

from playground import __version__

register = template.Library()


@register.simple_tag
def version() -> str:
    return __version__
