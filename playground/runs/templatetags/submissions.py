"""Tokens for buttons that send something: pressed twice, they do it once."""

import uuid

from django import template

register = template.Library()


@register.simple_tag
def fresh_token() -> str:
    return str(uuid.uuid4())
