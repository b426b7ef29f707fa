"""The attributes that all controls of a field share."""

from dataclasses import dataclass

from .html import Attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the container of an entry passes down for its rendering.

    strict      the entry is always sent, so its controls may have the `required` attribute
    title       replaces the node's own title
    shown_help  help text drawn directly above, not to be repeated
    row         a short control can be placed right of its label
    """

    strict: bool = True
    title: str = ""
    shown_help: str = ""
    row: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlFrame:
    """The attributes that all controls of a field share.

    required  the controls have the `required` attribute
    described value of aria-describedby, "" for none
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
