"""The options of a closed list of values, and how they are laid out."""

from dataclasses import dataclass
from enum import StrEnum

from playground.schema.values import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One member of an enum.

    text   its compact JSON, which is what the browser sends
    name   what the schema calls it, "" where the label is a guess
    token  the member as the schema writes it, where the label is its words
    ratio  width and height, where the member names a shape
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
