"""An in-memory cache of rendered HTML with placeholders that are filled for each reader.

While a template is drawn to be kept, its context has `gaps`. Template tags whose output is another
each time leave a gap there: the CSRF token, the token of a press, words such as "2 min ago".
"""

import re
import secrets
import sys
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString

from playground import moments

ICONS = re.compile(r"(<svg\b.*?</svg>)", re.DOTALL)


class Token(Enum):
    """A gap for a token."""

    CSRF = auto()
    PRESS = auto()  # another one at each place


@dataclass(frozen=True, slots=True)
class TimeWords:
    """A gap for the words for a time."""

    at: datetime
    how: str


type Gap = Token | TimeWords
type Piece = str | Gap
type Drawing = tuple[Piece, ...]


@dataclass(slots=True)
class Gaps:
    """The gaps of one drawing.

    name  marks them until they are taken out. It is random and leaves no process: nothing that a
          person wrote can be taken for a gap.
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
    """Return HTML in pieces; an icon is one string in all drawings that have it."""
    return [sys.intern(text) if text.startswith("<svg") else text for text in ICONS.split(html)]


def draw(template: str, values: dict[str, Any]) -> Drawing:
    """Draw a template that knows these values alone: neither the request nor what tags add."""
    gaps = Gaps()
    context = Context({**values, "gaps": gaps, "csrf_token": gaps.leave(Token.CSRF)})
    return gaps.split(get_template(template).template.render(context))  # type: ignore[attr-defined]


def fill(drawing: Drawing, csrf_token: str) -> SafeString:
    """Return the HTML of a drawing for one reader at this moment."""
    return SafeString("".join(fill_gap(each, csrf_token) for each in drawing))


def fill_gap(piece: Piece, csrf_token: str) -> str:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, TimeWords):
        return moments.format_time(piece.at, piece.how)
    return csrf_token if piece is Token.CSRF else str(uuid.uuid4())


def weigh(drawing: Drawing) -> int:
    """Return the bytes that a drawing takes, but for its icons."""
    own = (each for each in drawing if isinstance(each, str) and not each.startswith("<svg"))
    return sys.getsizeof(drawing) + sum(map(sys.getsizeof, own))
