"""The options of an enum and their layouts."""

from dataclasses import dataclass
from enum import StrEnum

from playground.schema.values import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One member of an enum.

    text   its compact JSON, which the browser sends
    name   label in the schema, "" if the label is guessed
    token  the member as written in the schema, if the label is made of its words
    ratio  (width, height) if the member is an aspect ratio
    """

    text: str
    label: str
    value: JSON
    name: str = ""
    token: str = ""
    help: str = ""
    ratio: tuple[float, float] | None = None


class ChoiceLayout(StrEnum):
    """The control of a choice."""

    SELECT = "select"
    SEGMENTS = "segments"
    RATIO = "ratio"
