"""Places advanced fields below the choice that they belong to, as `x_options` below `x`.

They are drawn there only while the choice is on.
"""

from collections.abc import Iterable

from playground.schema.entries.entry import Entry
from playground.schema.tree.nodes import Choice, Switch
from playground.schema.values import ABSENT

_ENDINGS = ("_options", "_config", "_settings", "_params", "_parameters",
            "Options", "Config", "Settings", "Params", "Parameters")  # fmt: skip
_OFF = {"disabled", "disable", "none", "off", "no", "never", "false", ""}


def place_companions(entries: Iterable[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return (entries drawn in order, entries in the advanced section)."""
    entries = list(entries)
    advanced = {entry.node.name: entry for entry in entries if entry.node.advanced}
    plain: list[Entry] = []
    for entry in entries:
        if entry.node.advanced:
            continue
        plain.append(entry)
        names = [f"{entry.node.name}{ending}" for ending in _ENDINGS] if is_on(entry) else []
        plain += [advanced.pop(name) for name in names if name in advanced]
    return plain, list(advanced.values())


def is_on(entry: Entry) -> bool:
    """Return whether an option other than "off" is chosen."""
    if not isinstance(entry.node, Choice | Switch) or entry.value in (ABSENT, None, False):
        return False
    return str(entry.value).strip().lower() not in _OFF
