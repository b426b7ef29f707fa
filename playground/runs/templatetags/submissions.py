"""Submission tokens for buttons, so that a double click sends once."""

import uuid

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def fresh_token(context: template.Context) -> str:
    """Return a token; in HTML that is kept a gap for one (playground/kept_html.py)."""
    gaps = context.get("gaps")
    return str(gaps.leave_press_token()) if gaps else str(uuid.uuid4())
