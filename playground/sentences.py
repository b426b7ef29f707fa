"""Texts that follow each other in templates, as the language of the page puts them together."""

from collections.abc import Iterable
from itertools import islice

from django import template

from playground.schema.lists import join_sentences, list_plain

register = template.Library()


@register.simple_tag
def sentence_space() -> str:
    """Return what is between two sentences: a space, or nothing where the language has none.

    In a template it is between two tags without white space around it.
    """
    return join_sentences(["", ""])


@register.filter
def listed(parts: Iterable[object], most: int | None = None) -> str:
    """Return "a, b, c"; with more than `most` parts "a, b, …"."""
    shown = [str(part) for part in (parts if most is None else islice(parts, most + 1))]
    return list_plain(shown if most is None or len(shown) <= most else [*shown[:most], "…"])
