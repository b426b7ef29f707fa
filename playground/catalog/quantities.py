"""The number of priced units in a run, for prices that are not expressions.

Inputs are recognised by names that published schemas of generative models use, at any depth.
"""

import re
from dataclasses import dataclass
from typing import Any

from playground.catalog.inputs import Leaf, fill_defaults, find_part, read_choices
from playground.schema import pointers

COUNTS = {
    "n", "num_images", "num_outputs", "num_videos", "num_samples", "number_of_images",
    "number_of_videos", "number_results", "image_count", "video_count", "sample_count",
    "batch_size", "count", "quantity", "images_count", "num_variations", "num_generations",
}  # fmt: skip
LIMITS = {"max_images", "max_outputs", "max_num_images", "max_videos"}
SECONDS = {
    "duration", "seconds", "duration_seconds", "video_length", "audio_length", "length_seconds",
}  # fmt: skip
COUNTED = {"picture", "video", "audio", "second"}  # a price "per run" is for all outputs

# Groups of pictures of Volcano Engine's Seedream models, whose number the model decides.
GROUPED = {"sequential_image_generation": "auto"}
LARGEST_GROUP = 15
MOST = 1_000

_NUMBER = re.compile(r"\s*(\d{1,6})(?:\.0*)?\s*(?:s|sec|seconds)?\s*\Z", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """The likely and the highest number of units of a run; both are 1 or more."""

    likely: int
    most: int


def count_units(per: str, schema: Any, inputs: Any) -> Quantity:
    """Return the number of units of `per` of a run; the inputs need not be valid."""
    if per not in COUNTED:
        return Quantity(likely=1, most=1)
    choices = read_choices(fill_defaults(schema, inputs))
    made = _count_made(choices)
    if per != "second":
        return made
    seconds = _count_seconds(schema, choices)
    return Quantity(likely=made.likely * seconds, most=made.most * seconds)


def is_count(pointer: str) -> bool:
    """Return whether a field is a number of outputs, to which the price is proportional."""
    return _name_of(pointer) in COUNTS | LIMITS | SECONDS


def _count_made(choices: dict[str, Leaf]) -> Quantity:
    named = [(_name_of(pointer), value) for pointer, value in choices.items()]
    counts = [number for name, value in named if name in COUNTS and (number := _whole(value))]
    likely = counts[0] if counts else 1
    grouped = any(GROUPED.get(name) == value for name, value in named)
    if not grouped:
        return Quantity(likely=likely, most=max(counts, default=1))
    limits = [number for name, value in named if name in LIMITS and (number := _whole(value))]
    most = max([*(limits or [LARGEST_GROUP]), *counts])
    return Quantity(likely=max([likely, *limits]), most=most)


def _count_seconds(schema: Any, choices: dict[str, Leaf]) -> int:
    for pointer, value in choices.items():
        if _name_of(pointer) in SECONDS:
            return _whole(value) or _longest(schema, pointer)
    return 1


def _longest(schema: Any, pointer: str) -> int:
    """Return the longest duration that a schema allows, for a value like "auto"."""
    part = find_part(schema, pointer)
    if not isinstance(part, dict):
        return 1
    members = part.get("enum")
    offered = [_whole(each) for each in members] if isinstance(members, list) else []
    return max([*offered, _whole(part.get("maximum")), 1])


def _name_of(pointer: str) -> str:
    """Return the last part of a pointer in snake case: "num_images" of "/numImages"."""
    return _HUMP.sub(lambda hump: f"_{hump[0]}", pointers.last(pointer)).lower()


def _whole(value: Any) -> int:
    """Parse a count: 5 for 5, 5.0, "5" and "5s"; 0 for others."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    found = _NUMBER.match(str(value))
    return min(int(found[1]), MOST) if found else 0
