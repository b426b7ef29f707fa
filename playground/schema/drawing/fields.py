"""Draws fields: one control or one list of options, with its label, help and errors."""

from typing import Any

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import FileEntry, KeptFile, Leaf
from playground.schema.files import FileStore
from playground.schema.translation import gettext as _
from playground.schema.tree.hints import lower
from playground.schema.tree.nodes import (
    Choice,
    Files,
    Fixed,
    Multi,
    Number,
    Raw,
    Switch,
    Text,
)
from playground.schema.tree.options import ChoiceLayout, Option
from playground.schema.values import ABSENT

from .context import Drawing
from .controls import choices, draw_control, icon, shows_select
from .frames import Around, ControlFrame
from .hidden_inputs import hidden_mark, null_checkbox
from .html import element, joined, render_template, void
from .limits import limits_to_say

_LONGEST_SHOWN = 80  # characters of a file's URL
MOST_IN_ROW = 14  # options; a longer list has a search field above it


def draw_leaf(drawing: Drawing, leaf: Leaf, around: Around) -> SafeString:
    """Render one control with label, help and errors."""
    node = leaf.node
    if node.read_only:
        return _shown(drawing, leaf, around)
    if isinstance(node, Fixed):
        return SafeString("")
    if isinstance(node, Choice) and node.look is not ChoiceLayout.SELECT:
        return _radios(drawing, node, leaf, around)
    if isinstance(node, Multi):
        return _boxes(drawing, node, leaf, around)
    about = drawing.about(leaf, around, limits=limits_to_say(node))
    control = draw_control(leaf, drawing.frame(leaf, about, insists=insists(leaf)))
    stands_in = isinstance(node, Raw) and node.stands_in
    raw = hidden_mark("raw", leaf.name) if stands_in else ""
    control = joined(raw, control, null_checkbox(leaf, ticked=leaf.typed.null))
    is_box = isinstance(node, Switch) and not shows_select(leaf)
    row = around.row and (is_box or _is_short(leaf))
    return render_template("field.html", **about, control=control, box=is_box, row=row)


def _is_short(leaf: Leaf) -> bool:
    """Return whether a control fits beside its label."""
    match leaf.node:
        case Choice(options=options):
            return len(options) <= MOST_IN_ROW
        case Text(rows=0) as node:
            return "\n" not in leaf.typed.text and node.kind != "datetime-local"
        case Number() | Switch():
            return True
        case _:
            return False


def _shown(drawing: Drawing, leaf: Leaf, around: Around) -> SafeString:
    """Render a read-only value."""
    if leaf.value is ABSENT and leaf.place not in drawing.errors:
        return SafeString("")
    about = drawing.about(leaf, around)
    text = leaf.value if isinstance(leaf.value, str) else leaf.typed.text
    shown = element("output", "" if leaf.node.secret else text, id=about["id"])
    return render_template("field.html", **about, control=shown, row=False)


def insists(leaf: Leaf) -> bool:
    """Return whether the control gets the `required` attribute: a blank value is always invalid."""
    match leaf.node:
        case Switch(must=must):
            return must or shows_select(leaf)
        case Text():
            keeps = leaf.node.secret and leaf.value is not ABSENT
            return not keeps and leaf.at.initial != "" and not leaf.node.names_blank
        case Raw():
            return False
        case _:
            return True


def _radios(drawing: Drawing, node: Choice, leaf: Leaf, around: Around) -> SafeString:
    about = drawing.about(leaf, around)
    frame = drawing.frame(leaf, about)
    ratio = node.look is ChoiceLayout.RATIO
    options = list_options(node, leaf, frame, shows_ratio=ratio)
    look = "segments segments--ratio" if ratio else "segments"
    # A radio group with nothing chosen sends nothing; this hidden input says that it was rendered.
    seen = hidden_mark("seen", leaf.name)
    return render_template(
        "choices.html", **about, options=options, look=look, mark=seen, row=around.row
    )


def list_options(
    node: Choice, leaf: Leaf, frame: ControlFrame, *, shows_ratio: bool
) -> list[dict[str, Any]]:
    """Render a choice as radio buttons; "Not set" comes first if it is offered."""
    text = leaf.typed.text
    items = choices(node, leaf)
    if not node.required and (not node.default or text == ""):
        items.insert(0, ("", _("Not set"), None))
    return [
        _option(
            frame,
            n,
            label,
            option,
            shows_ratio=shows_ratio,
            type="radio",
            value=each,
            checked=each == text,
        )
        for n, (each, label, option) in enumerate(items)
    ]


def _boxes(drawing: Drawing, node: Multi, leaf: Leaf, around: Around) -> SafeString:
    about = drawing.about(leaf, around)
    frame = drawing.frame(leaf, about, insists=False)
    options = [
        _option(
            frame, n, label, option, type="checkbox", value=each, checked=each in leaf.typed.texts
        )
        for n, (each, label, option) in enumerate(choices(node, leaf))
    ]
    seen = hidden_mark("seen", leaf.name)
    return render_template(
        "choices.html", **about, options=options, look="checks", mark=seen, row=False
    )


def _option(
    frame: ControlFrame,
    number: int,
    label: str,
    option: Option | None,
    *,
    shows_ratio: bool = False,
    **given: Any,
) -> dict[str, Any]:
    """Render one radio button or checkbox; the first has the field's own id."""
    shape = icon(option.ratio) if option and option.ratio and shows_ratio else ""
    token = option.token if option else ""
    anchor = f"{frame.id}-{number}" if number else frame.id
    control = void("input", **{**frame.shared(), "id": anchor}, **given)
    return {"control": control, "id": anchor, "label": label, "icon": shape, "token": token}


def draw_files(
    drawing: Drawing, entry: FileEntry, around: Around, template: str = "files.html"
) -> SafeString:
    """Render a file control: kept files, upload input, URL input."""
    node = entry.node
    assert isinstance(node, Files)  # noqa: S101 - entries and nodes go together
    about = drawing.about(entry, around)
    return render_template(
        template,
        **about,
        node=node,
        add=_("Add %(title)s") % {"title": lower(about["title"])},
        more=_("More ways to add %(title)s") % {"title": lower(about["title"])},
        max="" if node.max_items is None else str(node.max_items),
        name=pointers.control_name(entry.name),
        kept=[draw_kept(entry.name, each, drawing.files) for each in entry.kept],
        pasted=_addresses(entry, about, several=node.multiple),
        has_addresses=bool(entry.pasted),
        null=null_checkbox(entry, ticked=entry.null),
    )


def draw_kept(name: str, kept: KeptFile, files: FileStore) -> SafeString:
    """Render one kept file of a file control.

    name  pointer of the control
    """
    drop = pointers.meta_name("drop", name)
    text = kept.value
    return render_template(
        "file.html",
        keep=hidden_mark("keep", name, kept.token),
        drop=void("input", type="checkbox", name=drop, value=kept.token),
        preview=files.preview(kept.value),
        text=text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…",
    )


def _addresses(entry: FileEntry, about: dict[str, Any], *, several: bool) -> SafeString:
    shared: dict[str, Any] = {
        "id": f"{about['id']}-url",
        "name": pointers.control_name(entry.name),
        # The field's title is the accessible name of the file input, so the URL input has its own.
        "aria_label": _("Or web addresses, one per line") if several else _("Or a web address"),
        "aria_description": about["title"],
        "class_": "files__url",
        "placeholder": "https://…",
    }
    if several:
        return element("textarea", f"\n{entry.pasted}", **shared, rows=2)
    return void("input", type="text", inputmode="url", value=entry.pasted, **shared)
