"""The differences between a form and the run that it was opened from. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import ngettext

from playground.runs.pages.summary import HIDDEN, in_words
from playground.schema import ABSENT, hide, pointers
from playground.schema.values import is_same

MOST_CHARACTERS = 300


def list_changes(before: Any, now: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (pointer, earlier value) of each difference; a list differs as a whole.

    ABSENT for values that were missing before.
    """
    if is_same(before, now):
        return
    if not isinstance(before, dict) or not isinstance(now, dict):
        yield pointer, before
        return
    for key in dict.fromkeys([*before, *now]):
        place = pointers.child(pointer, key)
        yield from list_changes(before.get(key, ABSENT), now.get(key, ABSENT), place)


def restore_value(value: Any, before: Any, pointer: str) -> Any:
    """Return a value with the earlier content at one pointer."""
    keys = pointers.split(pointer)
    if not keys:
        return before
    if not isinstance(value, dict) or not isinstance(before, dict):
        return before if isinstance(before, dict) else value
    key, rest = keys[0], "".join(pointers.child("", each) for each in keys[1:])
    inner = restore_value(value.get(key, ABSENT), before.get(key, ABSENT), rest)
    kept = {name: each for name, each in value.items() if name != key}
    if inner is ABSENT:
        return kept
    return {name: inner if name == key else value[name] for name in [*value, *({key} - {*value})]}


def describe_changes(changes: Mapping[str, Any], secrets: frozenset[str]) -> dict[str, str]:
    """Describe the earlier value of each change; of secrets only that they changed."""
    return {
        pointer: HIDDEN
        if any(each in secrets for each in pointers.ancestors(pointer))
        else spell_value(hide(before, secrets, pointer, HIDDEN))
        for pointer, before in changes.items()
    }


def spell_value(value: Any) -> str:
    if value is ABSENT or value in ("", [], {}):
        return ""
    items = value if isinstance(value, list) else [value]
    if all(isinstance(item, str) and item.startswith("upload:") for item in items):
        return ngettext("%(count)d file", "%(count)d files", len(items)) % {"count": len(items)}
    words = in_words(value)
    return words if len(words) <= MOST_CHARACTERS else f"{words[:MOST_CHARACTERS]}…"
