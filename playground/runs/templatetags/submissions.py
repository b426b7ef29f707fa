"""Submission tokens for buttons, so that a double click sends once."""

import uuid

from django import template

register = template.Library()


@register.simple_tag
def fresh_token() -> str:
    return str(uuid.uuid4())
