"""The pictures of example prompts, in templates."""

from typing import Any

from django import template
from django.templatetags.static import static

from playground.runs.pages.examples import PICTURES

register = template.Library()


@register.simple_tag
def picture_of_example(examples: list[Any], number: int) -> str:
    """Return the address of the picture of an example; "" where there is none.

    examples  as they are stored: a picture is known by the prompt in the model's own language
    """
    inputs = examples[number]
    prompt = inputs.get("prompt") if isinstance(inputs, dict) else None
    name = PICTURES.get(prompt, "") if isinstance(prompt, str) else ""
    return static(f"img/examples/{name}.webp") if name else ""
