"""The template tag `{% translate "Remove" %}`, which uses the form engine's own translations.

Django's tag of the same name needs Django settings.
"""

from django.template import Library

from playground.schema.translation import gettext

register = Library()


@register.simple_tag
def translate(message: str) -> str:
    """Translate a text to the active language."""
    return gettext(message)
