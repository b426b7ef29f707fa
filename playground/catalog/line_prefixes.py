"""Removes line numbers and quote marks that editors and mail programs put before lines."""

import re

from django.utils.translation import gettext as _

from playground.catalog.yaml_blocks import MOST_LINES

_NUMBERED = re.compile(r"[ \t\xa0]*(\d{1,6})(?:[ \t]*[|│:.][ \t]?|[ \t\xa0]|$)")
_ONLY_NUMBER = re.compile(r"[ \t\xa0]*(\d{1,6})[ \t\xa0]*$")
_SPACES = " \t\xa0"
_FEWEST = 3  # consecutively numbered lines; fewer may be a coincidence


def remove_line_prefixes(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without line numbers and quote marks, and notes on what was removed."""
    taken: list[str] = []
    lines = text.split("\n")
    if len(lines) > MOST_LINES:
        return text, ()
    filled = [line for line in lines if line.strip()]
    if len(filled) >= _FEWEST and all(line.startswith(">") for line in filled):
        lines = [line.removeprefix(">").removeprefix(" ") for line in lines]
        taken.append(_("quote marks of a mail"))
    unnumbered = _without_numbers(lines)
    if unnumbered is not lines:
        taken.append(_("line numbers"))
    return ("\n".join(unnumbered) if taken else text), tuple(taken)


def _without_numbers(lines: list[str]) -> list[str]:
    """Remove runs of consecutive numbers, at the start of lines or on lines of their own."""
    changed: list[str] | None = None
    number = 0
    while number < len(lines):
        found = _NUMBERED.match(lines[number])
        if not found or found[1] != "1":
            number += 1
            continue
        end = number + 1
        while end < len(lines) and _counts(lines[end], end - number + 1):
            end += 1
        is_alone = end == number + 1
        between = _end_of_turns(lines, number) if is_alone else end
        if end - number >= _FEWEST:
            changed = changed or list(lines)
            changed[number:end] = _cut(lines[number:end])
        elif between - number >= 2 * _FEWEST:
            changed = changed or list(lines)
            changed[number:between:2] = [""] * len(range(number, between, 2))
            end = between
        number = end
    return changed or lines


def _counts(line: str, expected: int) -> bool:
    found = _NUMBERED.match(line)
    return found is not None and int(found[1]) == expected


def _cut(lines: list[str]) -> list[str]:
    """Remove the numbers and the common space after them."""
    numbers = [len(found[0]) if (found := _NUMBERED.match(line)) else 0 for line in lines]
    pairs = list(zip(lines, numbers, strict=True))
    gaps = [len(line) - len(line[end:].lstrip(_SPACES)) - end for line, end in pairs if line[end:]]
    least, first = min(gaps, default=0), gaps[0] if gaps else 0
    if least < first:  # the numbers are padded to one width
        return [line[numbers[0] + first :] for line in lines]
    return [line[end + least :] for line, end in pairs]


def _end_of_turns(lines: list[str], start: int) -> int:
    """Return the end of a run in which every other line is only the next number."""
    count, at = 1, start
    while at < len(lines):
        found = _ONLY_NUMBER.match(lines[at])
        if not found or int(found[1]) != count:
            break
        count, at = count + 1, at + 2
    return min(at, len(lines))
