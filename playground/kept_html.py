"""An in-memory cache of rendered HTML with placeholders that are filled for each reader.

While a template is rendered for the cache, its context has `gaps`. Template tags with variable
output leave a placeholder there: CSRF token, submission token, relative times ("2 min ago").
"""

import html
import re
import secrets
import sys
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from types import MappingProxyType
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

from playground import moments

ICONS = re.compile(r"(<svg\b.*?</svg>)", re.DOTALL)


class Token(Enum):
    """A placeholder for a token."""

    CSRF = auto()
    PRESS = auto()  # submission token, a new one for each placeholder


@dataclass(frozen=True, slots=True)
class TimeWords:
    """A placeholder for a formatted time."""

    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap for a text that is named when it is filled."""

    name: str


type Gap = Token | TimeWords | Slot
type Piece = str | Gap
type Drawing = tuple[Piece, ...]


@dataclass(slots=True)
class Gaps:
    """The placeholders of one cached template.

    name  marks them in the rendered text. It is random and never sent, so no user's text can
          imitate a placeholder.
    """

    name: str = field(default_factory=lambda: f"gap-{secrets.token_hex(16)}-")
    left: list[Gap] = field(default_factory=list)

    def leave(self, gap: Gap) -> str:
        self.left.append(gap)
        return f"{self.name}{len(self.left) - 1};"

    def leave_time(self, at: datetime, how: str) -> str:
        return self.leave(TimeWords(at, how))

    def leave_press_token(self) -> str:
        return self.leave(Token.PRESS)

    def split(self, html: str) -> Drawing:
        texts = re.split(rf"{self.name}(\d+);", html)
        pieces: list[Piece] = share_icons(texts[0])
        for number, text in zip(texts[1::2], texts[2::2], strict=True):
            pieces += [self.left[int(number)], *share_icons(text)]
        return tuple(pieces)


def share_icons(html: str) -> list[Piece]:
    """Split HTML at icons, and share the string of each icon between cached templates."""
    return [sys.intern(text) if text.startswith("<svg") else text for text in ICONS.split(html)]


def draw(template: str, values: dict[str, Any], slots: Iterable[str] = ()) -> Drawing:
    """Render a template for the cache with these values only: no request, no context processors.

    slots  names of texts that the template writes as they are, and that `fill` gets
    """
    gaps = Gaps()
    texts = {name: gaps.leave(Slot(name)) for name in slots}
    context = Context({**texts, **values, "gaps": gaps, "csrf_token": gaps.leave(Token.CSRF)})
    return gaps.split(get_template(template).template.render(context))  # type: ignore[attr-defined]


def fill(
    drawing: Drawing, csrf_token: str = "", texts: Mapping[str, object] = MappingProxyType({})
) -> SafeString:
    """Return the cached HTML with its placeholders filled.

    texts  for its slots; escaped unless they are HTML
    """
    return SafeString(
        "".join(
            [
                each if isinstance(each, str) else fill_gap(each, csrf_token, texts)
                for each in drawing
            ]
        )
    )


def fill_gap(gap: Gap, csrf_token: str, texts: Mapping[str, object]) -> str:
    match gap:
        case Slot(name):
            text = texts[name]
            return text if isinstance(text, SafeString) else html.escape(str(text))
        case TimeWords(at, how):
            return moments.format_time(at, how)
        case Token.CSRF:
            return csrf_token
    return str(uuid.uuid4())


def weigh(drawing: Drawing) -> int:
    """Return the memory of cached HTML in bytes, without icons."""
    own = (each for each in drawing if isinstance(each, str) and not each.startswith("<svg"))
    return sys.getsizeof(drawing) + sum(map(sys.getsizeof, own))
