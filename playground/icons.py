"""Template tags for heroicons, which render each icon once per process.

Rendering takes 0.2 ms, and a page has dozens of icons.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django import template
from heroicons.templatetags.heroicons import (
    heroicon_micro,
    heroicon_mini,
    heroicon_outline,
    heroicon_solid,
)

register = template.Library()


def cached(draw: Callable[..., str]) -> Callable[..., str]:
    @cache
    def drawn(name: str, attributes: tuple[tuple[str, Any], ...]) -> str:
        return draw(name, **dict(attributes))

    def tag(name: str, **attributes: Any) -> str:
        return drawn(name, tuple(attributes.items()))

    return tag


for each in (heroicon_micro, heroicon_mini, heroicon_outline, heroicon_solid):
    register.simple_tag(cached(each), name=each.__name__)
