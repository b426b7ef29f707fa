"""Avatars of people without a picture: initials on a constant colour."""

import hashlib
import re

from django import template

TONES = 5

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """Return one or two capital letters of a name, as "AL" for "ada.lovelace"."""
    words = [word for word in re.split(r"[\W_]+", name) if word]
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def tone(name: str) -> int:
    """Return the colour of a name, 0 to 4."""
    return hashlib.sha256(name.encode()).digest()[0] % TONES
