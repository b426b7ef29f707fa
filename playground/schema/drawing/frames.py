"""The attributes that all controls of a field share."""

from dataclasses import dataclass

from .html import Attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The surroundings of an entry.

    strict  it is surely there, so a browser may insist on what is required in it
    title   instead of the node's own
    shown_help  help that is drawn just above
    row     there is room for a label at the left and a short control at the right
    """

    strict: bool = True
    title: str = ""
    shown_help: str = ""
    row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlFrame:
    """The attributes that all controls of a field share.

    required  the browser may insist on an answer
    described ids of the texts that explain it, "" for none
    """

    id: str
    name: str
    required: bool
    invalid: bool
    described: str

    def shared(self) -> dict[str, Attribute]:
        return {
            "id": self.id,
            "name": self.name,
            "required": self.required,
            "aria_invalid": "true" if self.invalid else None,
            "aria_describedby": self.described or None,
        }
