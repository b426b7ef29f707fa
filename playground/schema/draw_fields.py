"""Draws fields: one control or one list of options, with its label, help and errors."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from . import draw, pointers
from .controls import choices, draw_control, icon, shows_select
from .entries import FileEntry, Kept, Leaf
from .files import FileStore
from .frames import Around, Frame
from .html import element, fill, joined, void
from .nodes import Choice, Files, Fixed, Look, Multi, Node, Number, Raw, Switch, Text
from .values import ABSENT

if TYPE_CHECKING:
    from .draw import Drawing

_LONGEST_SHOWN = 80  # of a file's address


def draw_leaf(drawing: "Drawing", leaf: Leaf, around: Around) -> SafeString:
    """Return one control with everything that belongs to it."""
    node = leaf.node
    if node.read_only:
        return _shown(drawing, leaf, around)
    if isinstance(node, Fixed) or _is_hidden(leaf, drawing.errors):
        return SafeString("")
    if isinstance(node, Choice) and node.look is not Look.SELECT:
        return _radios(drawing, node, leaf, around)
    if isinstance(node, Multi):
        return _boxes(drawing, node, leaf, around)
    about = drawing.about(leaf, around, limits=_limits(node))
    control = draw_control(leaf, drawing.frame(leaf, about, insists=_insists(leaf)))
    stands_in = isinstance(node, Raw) and node.stands_in
    raw = draw.mark("raw", leaf.name) if stands_in else ""
    control = joined(raw, control, draw.null_tick(leaf, ticked=leaf.typed.null))
    is_box = isinstance(node, Switch) and not shows_select(leaf)
    return fill("field.html", **about, control=control, box=is_box)


def _is_hidden(leaf: Leaf, errors: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a deprecated part has nothing to show."""
    quiet = leaf.value is ABSENT and not leaf.problem and leaf.place not in errors
    return leaf.node.deprecated and quiet and not leaf.node.required


def _shown(drawing: "Drawing", leaf: Leaf, around: Around) -> SafeString:
    """Return a value that nobody can change here."""
    if leaf.value is ABSENT and leaf.place not in drawing.errors:
        return SafeString("")
    about = drawing.about(leaf, around)
    text = leaf.value if isinstance(leaf.value, str) else leaf.typed.text
    shown = element("output", "" if leaf.node.secret else text, id=about["id"])
    return fill("field.html", **about, control=shown)


def _insists(leaf: Leaf) -> bool:
    """Tell whether a blank answer is surely refused."""
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


def _limits(node: Node) -> str:
    """Return the limits that are worth saying before anybody goes beyond them."""
    match node:
        case Number(unit="", limits=limits):
            return limits.removeprefix("from ")
        case Number(unit=unit, limits=limits):
            return f"{limits.removeprefix('from ') or 'In'} {unit}"
        case Text(max_length=int() as most) if not node.suggestions:
            return f"At most {most:,} characters"
        case Raw():
            return "Written as JSON"
        case _:
            return ""


def _radios(drawing: "Drawing", node: Choice, leaf: Leaf, around: Around) -> SafeString:
    about = drawing.about(leaf, around)
    frame = drawing.frame(leaf, about)
    text = leaf.typed.text
    items: list[tuple[str, str, str]] = [
        (each, label, icon(option.ratio) if option and option.ratio else "")
        for each, label, option in choices(node, leaf)
    ]
    if not node.required and (not node.default or text == ""):
        items.insert(0, ("", "Not set", ""))
    options = [
        _option(frame, n, label, shape, type="radio", value=each, checked=each == text)
        for n, (each, label, shape) in enumerate(items)
    ]
    look = "segments segments--ratio" if node.look is Look.RATIO else "segments"
    # A radio group of which none is chosen sends nothing; the mark says that it was there.
    seen = draw.mark("seen", leaf.name)
    return fill("choices.html", **about, options=options, look=look, mark=seen)


def _boxes(drawing: "Drawing", node: Multi, leaf: Leaf, around: Around) -> SafeString:
    about = drawing.about(leaf, around)
    frame = drawing.frame(leaf, about, insists=False)
    options = [
        _option(frame, n, label, "", type="checkbox", value=each, checked=each in leaf.typed.texts)
        for n, (each, label, _) in enumerate(choices(node, leaf))
    ]
    seen = draw.mark("seen", leaf.name)
    return fill("choices.html", **about, options=options, look="checks", mark=seen)


def _option(frame: Frame, number: int, label: str, shape: str, **given: Any) -> dict[str, Any]:
    """Return one option of several; the first carries the field's own id."""
    anchor = f"{frame.id}-{number}" if number else frame.id
    control = void("input", **{**frame.shared(), "id": anchor}, **given)
    return {"control": control, "id": anchor, "label": label, "icon": shape}


def draw_files(drawing: "Drawing", entry: FileEntry, around: Around) -> SafeString:
    """Return a file control: what is there, the upload, the addresses."""
    node = entry.node
    assert isinstance(node, Files)  # noqa: S101 - entries and nodes go together
    about = drawing.about(entry, around)
    return fill(
        "files.html",
        **about,
        node=node,
        max="" if node.max_items is None else str(node.max_items),
        name=pointers.control_name(entry.name),
        kept=[draw_kept(entry.name, each, drawing.files) for each in entry.kept],
        pasted=_addresses(entry, about, several=node.multiple),
        null=draw.null_tick(entry, ticked=entry.null),
    )


def draw_kept(name: str, kept: Kept, files: FileStore) -> SafeString:
    """Return one item of a file control's list: a file that is there already.

    name  pointer of the control
    """
    drop = pointers.meta_name("drop", name)
    text = kept.value
    return fill(
        "file.html",
        keep=draw.mark("keep", name, kept.token),
        drop=void("input", type="checkbox", name=drop, value=kept.token),
        preview=files.preview(kept.value),
        text=text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…",
    )


def _addresses(entry: FileEntry, about: dict[str, Any], *, several: bool) -> SafeString:
    shared: dict[str, Any] = {
        "id": f"{about['id']}-url",
        "name": pointers.control_name(entry.name),
        # The field's title is the name of the file control beside it, and of that one alone.
        "aria_label": "Or web addresses, one on each line" if several else "Or a web address",
        "aria_description": about["title"],
        "class_": "files__url",
        "placeholder": "https://…",
    }
    if several:
        return element("textarea", f"\n{entry.pasted}", **shared, rows=2)
    return void("input", type="text", inputmode="url", value=entry.pasted, **shared)
