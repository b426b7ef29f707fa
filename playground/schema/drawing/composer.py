"""Renders the whole form of an object: prompt first, then pills, then settings."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import Entry, GroupEntry, Leaf
from playground.schema.translation import gettext as _
from playground.schema.tree.hints import lower
from playground.schema.tree.nodes import Choice, Number, Switch

from . import fields, groups
from .arrangement import Arrangement, arrange
from .companions import is_on
from .context import Drawing
from .controls import draw_control
from .frames import Around
from .hidden_inputs import null_checkbox
from .html import joined, render_template
from .limits import limits_to_say
from .pills import draw_pill

_SUMMED_UP = 4  # settings named in the summary of the folded section


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Display state of a form, independent of its values.

    unfolded  the settings section is open
    edited    pointer of the part whose structure was changed last; its section stays open
    """

    unfolded: bool = False
    edited: str = ""


def draw_composer(
    drawing: Drawing, root: GroupEntry, shown: Shown
) -> tuple[SafeString, SafeString]:
    """Return (main text field with its media files, all other fields) as HTML."""
    parts = arrange(root)
    around = Around()
    lead = _draw_text(drawing, parts, around) if parts.text else SafeString("")
    wide = joined(*(drawing.entry(each, replace(around, row=True)) for each in parts.first))
    pills = joined(*(draw_pill(drawing, kind, leaf, around) for kind, leaf in parts.pills))
    rest = joined(
        wide,
        render_template("pills.html", pills=pills) if pills else "",
        _draw_settings(drawing, root, parts, shown),
        groups.draw_marks(root),
    )
    return lead, rest


def _draw_text(drawing: Drawing, parts: Arrangement, around: Around) -> SafeString:
    leaf = parts.text
    assert leaf is not None  # noqa: S101 - asked before
    about = drawing.about(leaf, around, limits=limits_to_say(leaf.node))
    frame = drawing.frame(leaf, about, insists=fields.insists(leaf))
    control = draw_control(leaf, frame)
    return render_template(
        "lead.html",
        **about,
        control=control,
        null=null_checkbox(leaf, ticked=leaf.typed.null),
        several=len(parts.files) > 1,
        files=[fields.draw_files(drawing, each, around, "reference.html") for each in parts.files],
    )


def _draw_settings(
    drawing: Drawing, root: GroupEntry, parts: Arrangement, shown: Shown
) -> SafeString:
    held = (*parts.settings, *parts.advanced)
    edited = pointers.split(shown.edited)[:1]
    is_open = (
        shown.unfolded
        or not parts.folds
        or any(drawing.has_error(each) or edited == [each.node.name] for each in held)
    )
    # Browsers cannot focus an invalid control in a closed <details>: no `required` there.
    inside = Around(strict=is_open, row=True)
    body = joined(
        groups.draw_plain(drawing, root, list(parts.settings), inside),
        groups.draw_advanced(drawing, list(parts.advanced), inside),
    )
    if not (body and parts.folds):
        return body
    return render_template("settings.html", body=body, open=is_open, summary=sum_up(parts.settings))


def sum_up(entries: Iterable[Entry]) -> str:
    """Summarise the values of settings: "JPEG · no watermark"."""
    chosen_first = sorted(entries, key=lambda each: not isinstance(each.node, Choice))
    said = [words for each in chosen_first if (words := _words_of(each))]
    return " · ".join(said[:_SUMMED_UP])


def _words_of(entry: Entry) -> str:
    if not isinstance(entry, Leaf) or entry.node.secret:
        return ""
    node, text = entry.node, entry.typed.text.strip()
    match node:
        case Switch():
            title = lower(node.title)
            return title if text == "true" else _("no %(title)s") % {"title": title}
        case Choice():
            option = node.by_text.get(text)
            return option.label if option and is_on(entry) else ""
        case Number():
            words = {"title": lower(node.title), "number": text}
            return _("%(title)s %(number)s") % words if text else ""
        case _:
            return ""
