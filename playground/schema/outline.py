"""Outlines of values for reading, in the order and with the titles of the form."""

from dataclasses import dataclass

from . import pointers
from .reading.secrets import hide
from .tree.nodes import Choice
from .tree.titles import TitledPlace
from .values import JSON, is_same, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinePart:
    """One part of a value.

    value       the value, each secret replaced by a word
    label       label of an enum member, or ""
    is_default  the value is the schema's default
    parts       members of an object; rows of a list, if any row is an object or list
    """

    pointer: str
    title: str
    value: JSON
    label: str = ""
    is_secret: bool = False
    is_default: bool = False
    parts: tuple["OutlinePart", ...] = ()


def outline(
    place: TitledPlace, secrets: frozenset[str], instead: str, pointer: str = ""
) -> OutlinePart:
    """Return the outline of the value at a place.

    secrets  pointers of secret values
    instead  text that replaces a secret
    """
    is_secret = pointer in secrets
    return OutlinePart(
        pointer=pointer,
        title=place.title,
        value=hide(place.value, secrets, pointer, instead),
        label="" if is_secret else _label(place),
        is_secret=is_secret,
        is_default=not is_secret and _is_default(place),
        parts=tuple(
            outline(place.child(key), secrets, instead, pointers.child(pointer, key))
            for key in (() if is_secret else _keys(place))
        ),
    )


def _label(place: TitledPlace) -> str:
    if not isinstance(place.node, Choice):
        return ""
    option = place.node.by_key.get(key_of(place.value))
    return option.name if option else ""


def _is_default(place: TitledPlace) -> bool:
    defaults = place.node.default if place.node else ()
    return any(is_same(place.value, default) for default in defaults)


def _keys(place: TitledPlace) -> list[str]:
    match place.value:
        case dict():
            order = {name: number for number, name in enumerate(place.names())}
            return sorted(place.value, key=lambda key: order.get(key, len(order)))
        case list() if any(isinstance(each, dict | list) for each in place.value):
            return [str(number) for number in range(len(place.value))]
    return []
