"""Template tags that join sentences and lists by the rules of the active language."""

from collections.abc import Iterable
from itertools import islice

from django import template

from playground.schema.lists import join_sentences, list_plain

register = template.Library()


@register.simple_tag
def sentence_space() -> str:
    """Return the separator of two sentences: a space, or "" in languages without one.

    In a template it needs no white space around it.
    """
    return join_sentences(["", ""])


@register.filter
def listed(parts: Iterable[object], most: int | None = None) -> str:
    """Return "a, b, c"; with more than `most` parts "a, b, …"."""
    shown = [str(part) for part in (parts if most is None else islice(parts, most + 1))]
    return list_plain(shown if most is None or len(shown) <= most else [*shown[:most], "…"])
