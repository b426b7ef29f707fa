"""State of rendering one form: errors, titles, files, change marks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import Entry, walk
from playground.schema.files import FileStore
from playground.schema.translation import gettext as _
from playground.schema.translation import gettext_noop
from playground.schema.tree.nodes import Fixed
from playground.schema.tree.titles import node_title
from playground.schema.values import ABSENT

from . import markdown
from .frames import Around, ControlFrame
from .html import element, with_html

type Draw = Callable[["Drawing", Entry, Around], SafeString]

CHANGE_BACK = "~back"
# Text and accessible name of each button.
_BUTTONS = {
    "add": (gettext_noop("Add"), gettext_noop("Add: %(title)s")),
    "remove": (gettext_noop("Remove"), gettext_noop("Remove: %(title)s")),
    "up": (gettext_noop("Move up"), gettext_noop("Move up: %(title)s")),
    "down": (gettext_noop("Move down"), gettext_noop("Move down: %(title)s")),
    "pick": (gettext_noop("Show"), gettext_noop("Show: %(title)s")),
}


@dataclass(slots=True)
class Drawing:
    """The rendering of one form.

    draw, draw_body  render an entry by its kind; draw_body omits the heading
    errors           {pointer of the control that shows them: [message]}, not rendered yet
    where            {pointer of an error: pointer of the control that shows it}
    titles           {pointer: (id of its control, title)}
    changed          {pointer: previous value} of change marks that are not rendered yet
    """

    files: FileStore
    draw: "Draw"
    draw_body: "Draw"
    errors: dict[str, list[str]] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    has_buttons: bool = False

    def place_errors(self, root: Entry, errors: Mapping[str, Sequence[str]]) -> None:
        """Assign each error to the nearest rendered pointer."""
        places = {entry.place for entry in walk(root) if not isinstance(entry.node, Fixed)}
        for pointer, messages in errors.items():
            place = next((each for each in pointers.ancestors(pointer) if each in places), "")
            self.where[pointer] = place
            self.errors.setdefault(place, []).extend(messages)

    def summary(self, root: Entry, errors: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
        """Return the items of the error summary: each message once, with its control."""
        return [
            {"id": anchor, "text": _with_title(title or root.node.title, message)}
            for pointer, messages in errors.items()
            for anchor, title in [self.titles.get(self.where[pointer], ("", ""))]
            for message in messages
        ]

    def has_error(self, entry: Entry) -> bool:
        return any(each.place in self.errors for each in walk(entry))

    def take(self, place: str, message: str, anchor: str, title: str) -> list[str]:
        """Remove one message of a pointer and return it, to show it at another control."""
        messages = self.errors.get(place, [])
        if not message or message not in messages:
            return []
        messages.remove(message)
        self.titles[place] = (anchor, title)
        return [message]

    def entry(self, entry: Entry, around: Around) -> SafeString:
        """Render an entry and its descendants."""
        return SafeString("") if self.is_hidden(entry) else self.draw(self, entry, around)

    def is_hidden(self, entry: Entry) -> bool:
        """Return whether the entry is deprecated and optional, and has no value and no error."""
        is_old = entry.node.deprecated and not entry.node.required
        return is_old and entry.value is ABSENT and not (entry.has_problem or self.has_error(entry))

    def inner(self, entry: Entry, around: Around) -> SafeString:
        """Render the body of a container, without its heading."""
        return self.draw_body(self, entry, around)

    def about(
        self, entry: Entry, around: Around, *, limits: str = "", suffix: str = ""
    ) -> dict[str, Any]:
        """Return the template context that all fields share.

        limits  text shown beside the help
        suffix  appended to the id if the pointer's own id belongs to a descendant
        """
        node, anchor = entry.node, pointers.control_id(entry.name) + suffix
        title = node_title(node, around.title)
        messages = list(dict.fromkeys(self.errors.pop(entry.place, ())))
        self.titles.setdefault(entry.place, (anchor, title))
        text = "" if node.help and node.help in around.shown_help else node.help
        described_by = [f"{anchor}-help"] if text or limits else []
        described_by += [f"{anchor}-error"] if messages else []
        before = self.changed.pop(entry.place, None)
        described_by += [f"{anchor}-was"] if before is not None else []
        return {
            "id": anchor,
            "pointer": entry.place,
            "title": title,
            "help": markdown.render(text),
            "limits": limits,
            "required": node.required and around.strict,
            "deprecated": node.deprecated,
            "errors": messages,
            "before": before,
            "was": _say_before(before),
            "back": CHANGE_BACK,
            "about_label": _("About %(title)s") % {"title": title},
            "back_label": _("Put back: %(title)s") % {"title": title},
            "described": " ".join(described_by),
        }

    def frame(self, entry: Entry, about: dict[str, Any], *, insists: bool = True) -> ControlFrame:
        return ControlFrame(
            id=about["id"],
            name=pointers.control_name(entry.name),
            required=about["required"] and insists and not entry.node.nullable,
            invalid=bool(about["errors"]),
            described=about["described"],
        )

    def button(self, action: str, name: str, title: str) -> SafeString:
        """Render a button that changes the form's structure."""
        self.has_buttons = True
        word, named = _BUTTONS[action]
        return element(
            "button",
            _(word),
            type="submit",
            name="~do",
            formnovalidate=True,
            value=f"{action} {pointers.encode(name)}",
            class_=f"edit edit--{action}",
            aria_label=_(named) % {"title": title},
        )


def _with_title(title: str, message: str) -> str:
    return _("%(title)s: %(message)s") % {"title": title, "message": message} if title else message


def _say_before(before: str | None) -> SafeString | str:
    """Return the text with the value before a change; "" if nothing changed."""
    if before is None:
        return ""
    return with_html(_("Was %(value)s"), value=element("q", before)) if before else _("Was not set")
