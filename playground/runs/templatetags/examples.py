"""The pictures of models and of their example prompts, in templates."""

from typing import Any

from django import template

from playground.catalog.models import ModelSpec
from playground.runs.pages import samples
from playground.runs.pages.examples import find_picture

register = template.Library()


@register.simple_tag
def picture_of_example(examples: list[Any], number: int) -> str:
    """Return the address of the picture of an example; "" where there is none.

    examples  as they are stored
    """
    return find_picture(examples[number])


@register.simple_tag(takes_context=True)
def find_samples(context: template.Context) -> dict[str, str]:
    """Return the best pictures of models by their slugs, as the reader sees them."""
    return samples.find_samples(context["request"].membership)


@register.simple_tag
def sample_of(spec: ModelSpec, found: dict[str, str]) -> str:
    """Return the picture of a model; "" where there is none."""
    return samples.find_sample(spec, found)
