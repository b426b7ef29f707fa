"""Makes the nodes of strings and numbers."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from playground.schema.reading.flattening import Flat
from playground.schema.reading.patterns import find_pattern, is_for_browsers
from playground.schema.translation import gettext as _
from playground.schema.values import JSON, compact

from .context import Compiler
from .guesses import is_file_address, is_prompt, unit_of, upload_kind
from .hints import example_of, read_hints
from .nodes import Files, Node, Number, Text
from .number_limits import Limits

_KINDS = {
    "date": "date",
    "time": "text",  # RFC 3339 times have an offset, which <input type=time> lacks
    "date-time": "datetime-local",
    "email": "email",
    "uri": "url",
    "url": "url",
    "color": "color",
    "password": "password",
}
_LONG = 240  # maxLength from which a text gets several lines
_ROWS = 3
_UPLOADS = {"file-upload", "file", "upload"}
_MOST_DIGITS = 40  # of a displayed limit


def is_upload(widget: str) -> bool:
    return widget in _UPLOADS


def accept_of(kind: str) -> str:
    return f"{kind}/*" if kind in {"image", "video", "audio"} else ""


def make_text(compiler: Compiler, flat: Flat, about: dict[str, Any], around: str) -> Node:
    keywords, hints = flat.keywords, read_hints(flat.keywords)
    plain = hints.widget or "pattern" in keywords
    guess = "" if plain else upload_kind(about["name"], keywords, around)
    if is_upload(hints.widget) or guess:
        kind = hints.upload_kind or guess
        accept = hints.accept or accept_of(kind)
        return Files(**about, multiple=False, accept=accept, kind=kind)
    return make_line(compiler, flat, about, around=around)


def make_line(
    compiler: Compiler,
    flat: Flat,
    about: dict[str, Any],
    *,
    suggestions: tuple[str, ...] = (),
    around: str = "",
) -> Text:
    """Make the node of a string, of one line or several."""
    keywords = flat.keywords
    default = about["default"][0] if about["default"] else None
    pattern = keywords.get("pattern", "")
    kind = _KINDS.get(keywords.get("format", ""), "text")
    if kind == "color" and not (default or about["required"]):
        kind = "text"  # a colour input cannot be blank
    least, most = keywords.get("minLength"), keywords.get("maxLength")
    return Text(
        **about,
        kind=kind,
        rows=0 if suggestions else _rows(flat, about, kind, default),
        min_length=None if least is None else int(least),
        max_length=None if most is None else int(most),
        pattern=pattern if is_for_browsers(pattern) else "",
        check=find_pattern(pattern) if pattern else None,
        suggestions=suggestions,
        example=example_of(keywords),
        takes_blank=compiler.validator.accepts("", about["schema"]),
        names_blank=default == "" or "" in suggestions,
        names_file=is_file_address(about["name"], keywords, around),
    )


def _rows(flat: Flat, about: dict[str, Any], kind: str, default: JSON) -> int:
    keywords, hints = flat.keywords, read_hints(flat.keywords)
    if kind not in {"text", "url", "email"}:
        return 0
    if hints.rows:
        return hints.rows
    most = keywords.get("maxLength")
    several = isinstance(default, str) and "\n" in default
    long = most is not None and most >= _LONG
    wide = kind == "text" and (long or _is_prompt(keywords, about))
    return _ROWS if hints.widget == "textarea" or several or wide else 0


def _is_prompt(keywords: dict[str, Any], about: dict[str, Any]) -> bool:
    return is_prompt(about["name"], keywords, required=about["required"])


def make_number(flat: Flat, about: dict[str, Any], suggestions: tuple[str, ...] = ()) -> Number:
    keywords = flat.keywords
    integer = "integer" in flat.types
    step = keywords.get("multipleOf")
    least, most = _lowest(keywords, integer=integer), _highest(keywords, integer=integer)
    if step is not None and least is not None:  # browsers count steps from `min`
        least = (least / _decimal(step)).to_integral_value(ROUND_CEILING) * _decimal(step)
    return Number(
        **about,
        integer=integer,
        minimum=_digits(least),
        maximum=_digits(most),
        step=_digits(_decimal(step)) if step is not None else "1" if integer else "any",
        limits=limits_of(keywords, integer=integer),
        unit=_unit(keywords, about["name"]),
        suggestions=suggestions,
        example=example_of(keywords),
    )


def _unit(keywords: dict[str, Any], name: str) -> str:
    guess = unit_of(name, keywords)
    return read_hints(keywords).unit or (_(guess) if guess else "")


def _decimal(number: float) -> Decimal:
    return Decimal(number) if isinstance(number, int) else Decimal(repr(number))


def _digits(number: Decimal | None) -> str:
    if number is None or not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return ""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _lowest(keywords: dict[str, Any], *, integer: bool) -> Decimal | None:
    bounds = [_decimal(keywords["minimum"])] if "minimum" in keywords else []
    if integer:
        bounds = [bound.to_integral_value(ROUND_CEILING) for bound in bounds]
        if "exclusiveMinimum" in keywords:
            bounds.append(Decimal(math.floor(keywords["exclusiveMinimum"]) + 1))
    return max(bounds, default=None)


def _highest(keywords: dict[str, Any], *, integer: bool) -> Decimal | None:
    bounds = [_decimal(keywords["maximum"])] if "maximum" in keywords else []
    if integer:
        bounds = [bound.to_integral_value(ROUND_FLOOR) for bound in bounds]
        if "exclusiveMaximum" in keywords:
            bounds.append(Decimal(math.ceil(keywords["exclusiveMaximum"]) - 1))
    return min(bounds, default=None)


def limits_of(keywords: dict[str, Any], *, integer: bool) -> Limits:
    """Return the bounds of a number."""
    above = None if integer else keywords.get("exclusiveMinimum")
    below = None if integer else keywords.get("exclusiveMaximum")
    least, most = _lowest(keywords, integer=integer), _highest(keywords, integer=integer)
    return Limits(
        low=_digits(least) if above is None else compact(above),
        high=_digits(most) if below is None else compact(below),
        is_above=above is not None,
        is_below=below is not None,
    )
