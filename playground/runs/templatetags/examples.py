"""The pictures of example prompts, in templates."""

from typing import Any

from django import template
from django.templatetags.static import static

from playground.runs.pages.examples import PICTURES

register = template.Library()


@register.simple_tag
def picture_of_example(inputs: Any) -> str:
    """Return the address of the picture of an example; "" where there is none."""
    prompt = inputs.get("prompt") if isinstance(inputs, dict) else None
    name = PICTURES.get(prompt, "") if isinstance(prompt, str) else ""
    return static(f"img/examples/{name}.webp") if name else ""
