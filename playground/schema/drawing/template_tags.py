"""What the templates of this room can use: `{% translate "Remove" %}`, by the form engine's own
translations. Django's tag of that name asks for settings.
"""

from django.template import Library

from playground.schema.translation import gettext

register = Library()


@register.simple_tag
def translate(message: str) -> str:
    """Return a text in the language of the moment."""
    return gettext(message)
