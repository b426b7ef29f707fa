"""A value as an outline for reading: its parts in the order and under the titles of the form."""

from dataclasses import dataclass

from . import pointers
from .reading.secrets import hide
from .tree.nodes import Choice
from .tree.titles import TitledPlace
from .values import JSON, is_same, key_of


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinePart:
    """One part of a value.

    value       with a word in place of each secret
    label       what the schema calls the value, where it is one of a list with labels; or ""
    is_default  it is the schema's default
    parts       of an object its members; of a list its rows, if any holds more than one value
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
    """Return the value at a place.

    secrets  pointers of what is hidden
    instead  what is written in place of it
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
