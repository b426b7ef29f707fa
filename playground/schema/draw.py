"""Draws the entries of a form as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.safestring import SafeString

from . import pointers
from .controls import Frame, choices, draw_control, icon, shows_select
from .entries import (
    Entry,
    FileEntry,
    GroupEntry,
    Leaf,
    MaybeEntry,
    Row,
    RowsEntry,
    UnionEntry,
    walk,
)
from .files import FileStore
from .html import element, fill, hidden, joined, void
from .leaves import spell
from .nodes import (
    Choice,
    Files,
    Fixed,
    Group,
    Look,
    Maybe,
    Multi,
    Node,
    Number,
    Raw,
    Rows,
    Switch,
    Text,
    Union,
)
from .values import ABSENT, FRESH, compact, is_same

_NAMELESS = "This"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds an entry.

    strict  it is surely there, so a browser may insist on what is required in it
    title   instead of the node's own
    """

    strict: bool = True
    title: str = ""


def draw_form(root: Entry, errors: Mapping[str, Sequence[str]], files: FileStore) -> SafeString:
    """Return all controls of a form, the summary of its errors on top."""
    drawing = _Drawing(files=files)
    drawing.place_errors(root, errors)
    if isinstance(root, GroupEntry):
        body = drawing.children(root, Around())
    else:
        body = drawing.entry(root, Around())
    return fill(
        "form.html", errors=drawing.summary(root, errors), body=body, buttons=drawing.buttons
    )


@dataclass(slots=True)
class _Drawing:
    """One drawing of one form."""

    files: FileStore
    errors: dict[str, list[str]] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)  # of an error's pointer, its entry's place
    titles: dict[str, tuple[str, str]] = field(default_factory=dict)  # of a place, id and title
    buttons: bool = False

    def place_errors(self, root: Entry, errors: Mapping[str, Sequence[str]]) -> None:
        """Give each error to the nearest place that is drawn."""
        places = {entry.place for entry in walk(root) if not isinstance(entry.node, Fixed)}
        for pointer, messages in errors.items():
            place = next((each for each in pointers.ancestors(pointer) if each in places), "")
            self.where[pointer] = place
            self.errors.setdefault(place, []).extend(messages)

    def summary(self, root: Entry, errors: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
        """Return each message once, with the control that it is about."""
        return [
            {"id": anchor, "title": title or root.node.title, "message": message}
            for pointer, messages in errors.items()
            for anchor, title in [self.titles.get(self.where[pointer], ("", ""))]
            for message in messages
        ]

    def take(self, entry: Entry) -> list[str]:
        """Return the messages for a place, once: the first to draw it shows them."""
        return list(dict.fromkeys(self.errors.pop(entry.place, ())))

    def remember(self, entry: Entry, anchor: str, title: str) -> None:
        self.titles.setdefault(entry.place, (anchor, title))

    def entry(self, entry: Entry, around: Around) -> SafeString:
        """Return the HTML of an entry and all in it."""
        match entry:
            case FileEntry():
                return self.file(entry, around)
            case GroupEntry():
                return self.group(entry, around)
            case RowsEntry():
                return self.rows(entry, around)
            case UnionEntry():
                return self.union(entry, around)
            case MaybeEntry():
                return self.maybe(entry, around)
            case Leaf():
                return self.leaf(entry, around)
        raise TypeError(entry)

    # Fields

    def about(self, entry: Entry, around: Around, limits: str = "") -> dict[str, Any]:
        """Return what every template of a field needs."""
        node, anchor = entry.node, pointers.control_id(entry.name)
        title = around.title or node.title or _NAMELESS
        messages = self.take(entry)
        self.remember(entry, anchor, title)
        told = [f"{anchor}-help"] if node.help or limits else []
        told += [f"{anchor}-error"] if messages else []
        return {
            "id": anchor,
            "pointer": entry.place,
            "title": title,
            "help": node.help,
            "limits": limits,
            "required": node.required and around.strict,
            "deprecated": node.deprecated,
            "errors": messages,
            "described": " ".join(told),
        }

    def frame(self, entry: Entry, about: dict[str, Any], *, insists: bool = True) -> Frame:
        return Frame(
            id=about["id"],
            name=pointers.control_name(entry.name),
            required=about["required"] and insists and not entry.node.nullable,
            invalid=bool(about["errors"]),
            described=about["described"],
        )

    def leaf(self, leaf: Leaf, around: Around) -> SafeString:
        node = leaf.node
        if node.read_only:
            return self.shown(leaf, around)
        if isinstance(node, Fixed) or _is_hidden(leaf, self.errors):
            return SafeString("")
        raw = hidden(pointers.meta_name("raw", leaf.name), "1") if _is_stand_in(leaf) else ""
        if isinstance(node, Choice) and node.look is not Look.SELECT:
            return self.radios(node, leaf, around)
        if isinstance(node, Multi):
            return self.boxes(node, leaf, around)
        about = self.about(leaf, around, _limits(node))
        control = draw_control(leaf, self.frame(leaf, about, insists=_insists(leaf)))
        control = joined(raw, control, self.null_tick(leaf))
        is_box = isinstance(node, Switch) and not shows_select(leaf)
        return fill("field.html", **about, control=control, box=is_box)

    def null_tick(self, entry: Leaf | FileEntry) -> SafeString:
        """Return the tick for "none", where null and blank are two things."""
        if not entry.node.null_choice:
            return SafeString("")
        ticked = entry.typed.null if isinstance(entry, Leaf) else entry.null
        box = void(
            "input",
            type="checkbox",
            value="1",
            checked=ticked,
            name=pointers.meta_name("null", entry.name),
        )
        return element("label", joined(box, " None"), class_="field__null")

    def shown(self, leaf: Leaf, around: Around) -> SafeString:
        if leaf.value is ABSENT and leaf.place not in self.errors:
            return SafeString("")
        about = self.about(leaf, around)
        text = leaf.value if isinstance(leaf.value, str) else leaf.typed.text
        text = "" if leaf.node.secret else str(text)
        return fill("field.html", **about, control=element("output", text, id=about["id"]))

    def radios(self, node: Choice, leaf: Leaf, around: Around) -> SafeString:
        about = self.about(leaf, around)
        frame = self.frame(leaf, about)
        text = leaf.typed.text
        items = [
            (each, label, icon(option.ratio) if option and option.ratio else "")
            for each, label, option in choices(leaf, node.options)
        ]
        if not node.required and (not node.default or text == ""):
            items.insert(0, ("", "Not set", ""))
        shared = frame.shared()
        options = [
            {
                "control": void(
                    "input",
                    **{**shared, "id": _nth(frame.id, n), "type": "radio"},
                    value=each,
                    checked=each == text,
                ),
                "id": _nth(frame.id, n),
                "label": label,
                "icon": shape,
            }
            for n, (each, label, shape) in enumerate(items)
        ]
        look = "segments segments--ratio" if node.look is Look.RATIO else "segments"
        # A radio group of which none is chosen sends nothing; this says that it was there.
        mark = hidden(pointers.meta_name("seen", leaf.name), "1")
        return fill("choices.html", **about, options=options, look=look, mark=mark)

    def boxes(self, node: Multi, leaf: Leaf, around: Around) -> SafeString:
        about = self.about(leaf, around)
        frame = self.frame(leaf, about, insists=False)
        options = [
            {
                "control": void(
                    "input",
                    **{**frame.shared(), "id": _nth(frame.id, n), "type": "checkbox"},
                    value=each,
                    checked=each in leaf.typed.texts,
                ),
                "id": _nth(frame.id, n),
                "label": label,
            }
            for n, (each, label, _) in enumerate(choices(leaf, node.options))
        ]
        mark = hidden(pointers.meta_name("seen", leaf.name), "1")
        return fill("choices.html", **about, options=options, look="checks", mark=mark)

    def file(self, entry: FileEntry, around: Around) -> SafeString:
        node = entry.node
        assert isinstance(node, Files)  # noqa: S101 - entries and nodes go together
        about = self.about(entry, around)
        kept = [
            {
                "keep": hidden(pointers.meta_name("keep", entry.name), each.token),
                "drop": void(
                    "input",
                    type="checkbox",
                    value=each.token,
                    name=pointers.meta_name("drop", entry.name),
                ),
                "preview": self.files.preview(each.value),
                "text": each.value if len(each.value) < 200 else each.value[:80] + "…",  # noqa: PLR2004
            }
            for each in entry.kept
        ]
        return fill(
            "files.html",
            **about,
            node=node,
            max="" if node.max_items is None else str(node.max_items),
            name=pointers.control_name(entry.name),
            kept=kept,
            pasted=element("textarea", "\n" + entry.pasted, **self._address(entry, about), rows=2)
            if node.multiple
            else void(
                "input",
                type="text",
                inputmode="url",
                value=entry.pasted,
                **self._address(entry, about),
            ),
            null=self.null_tick(entry),
        )

    def _address(self, entry: FileEntry, about: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": f"{about['id']}-url",
            "name": pointers.control_name(entry.name),
            "aria_label": f"Addresses for {about['title']}",
            "class_": "files__url",
            "placeholder": "https://…",
        }

    # Containers

    def children(self, entry: GroupEntry, around: Around) -> SafeString:
        """Return the parts of an object: plain ones, sections, advanced ones at the end."""
        node = entry.node
        assert isinstance(node, Group)  # noqa: S101 - entries and nodes go together
        plain = [child for child in entry.children if not child.node.advanced]
        advanced = [child for child in entry.children if child.node.advanced]
        opened = any(self.has_error(c) or not _is_default(c) for c in advanced)
        parts = [self.sections(node, plain, around)]
        if advanced:
            inside = replace(around, strict=around.strict and opened, title="")
            body = joined(*(self.entry(child, inside) for child in advanced))
            if body:
                parts.append(fill("advanced.html", body=body, open=opened))
        parts += [self.free_rows(entry, node), _stash(entry)]
        return joined(*parts)

    def sections(self, node: Group, entries: list[Entry], around: Around) -> SafeString:
        inside = replace(around, title="")
        drawn = {e.node.name: self.entry(e, inside) for e in entries}
        parts, done = [], set()
        for name, html in drawn.items():
            section = next((s for s in node.sections if name in s.names), None)
            if section is None:
                parts.append(html)
            elif section.title not in done:
                done.add(section.title)
                body = joined(*(drawn[each] for each in drawn if each in section.names))
                parts.append(fill("section.html", title=section.title, body=body))
        return joined(*parts)

    def has_error(self, entry: Entry) -> bool:
        return any(each.place in self.errors for each in walk(entry))

    def group(self, entry: GroupEntry, around: Around) -> SafeString:
        about = self.about(entry, around)
        strict = around.strict and entry.node.required
        body = self.children(entry, Around(strict=strict))
        if not body and not about["errors"] and not entry.node.required:
            return SafeString("")
        return fill("group.html", **about, body=body)

    def maybe(self, entry: MaybeEntry, around: Around) -> SafeString:
        about = self.about(entry, around)
        node = entry.node
        assert isinstance(node, Maybe)  # noqa: S101 - entries and nodes go together
        name = pointers.meta_name("on", entry.name)
        body = SafeString("")
        if entry.inner and (entry.on or not node.asked):
            body = self.inner(entry.inner, Around(strict=False, title=about["title"]))
        switch = button = SafeString("")
        if node.asked:
            switch = hidden(name, "1" if entry.on else "0")
            button = self.button("remove" if entry.on else "add", entry.name, about["title"])
        else:
            box = void(
                "input",
                type="checkbox",
                name=name,
                value="1",
                checked=entry.on,
                id=about["id"],
                aria_describedby=about["described"] or None,
            )
            switch = joined(hidden(name, "0"), box)
        null = self.null_of(entry)
        return fill(
            "maybe.html",
            **about,
            body=body,
            switch=switch,
            button=button,
            null=null,
            asked=node.asked,
        )

    def null_of(self, entry: MaybeEntry) -> SafeString:
        if not entry.node.null_choice:
            return SafeString("")
        box = void(
            "input",
            type="checkbox",
            value="1",
            checked=entry.null,
            name=pointers.meta_name("null", entry.name),
        )
        return element("label", joined(box, " None"), class_="field__null")

    def inner(self, entry: Entry, around: Around) -> SafeString:
        """Return the body of a container whose heading is drawn already."""
        if isinstance(entry, GroupEntry):
            return self.children(entry, around)
        if isinstance(entry, RowsEntry):
            return self.row_list(entry, around.title)
        return self.entry(entry, around)

    def rows(self, entry: RowsEntry, around: Around) -> SafeString:
        about = self.about(entry, around)
        return fill("group.html", **about, body=self.row_list(entry, about["title"]))

    def row_list(self, entry: RowsEntry, title: str) -> SafeString:
        node = entry.node
        assert isinstance(node, Rows)  # noqa: S101 - entries and nodes go together
        rows = [
            self.row(entry.name, row, n, len(entry.rows), f"{title} {n + 1}")
            for n, row in enumerate(entry.rows)
        ]
        can_add = node.item is not None or len(rows) < len(node.first)
        full = node.max_items is not None and len(rows) >= node.max_items
        add = self.button("add", entry.name, title) if can_add and not full else ""
        mark = hidden(pointers.meta_name("seen", entry.name), "1")
        return fill("rows.html", rows=rows, add=add, mark=mark)

    def row(self, holder: str, row: Row, n: int, count: int, title: str) -> dict[str, Any]:
        own = row.entry.node.title
        name = pointers.child(holder, row.token)
        shown = f"{own} {n + 1}" if own else title
        buttons = [
            self.button(action, name, shown)
            for action, fits in (
                ("up", n > 0 and not row.fixed),
                ("down", n < count - 1 and not row.fixed),
                ("remove", not row.fixed or n == count - 1),
            )
            if fits
        ]
        mark = hidden(pointers.meta_name("rows", holder), row.token)
        body = self.entry(row.entry, Around(strict=False, title=shown))
        return {"mark": mark, "body": body, "buttons": buttons, "key": ""}

    def free_rows(self, entry: GroupEntry, node: Group) -> SafeString:
        """Return the rows of keys that the schema does not name."""
        if node.entry is None:
            return SafeString("")
        rows = []
        for n, row in enumerate(entry.rows):
            title = row.key or f"{node.title or _NAMELESS} {n + 1}"
            made = self.row(entry.name, row, n, len(entry.rows), title)
            made["key"] = self.key(entry.name, row, node, title)
            made["buttons"] = made["buttons"][-1:]  # the order of keys means nothing
            rows.append(made)
        mark = hidden(pointers.meta_name("seen", entry.name), "1")
        add = self.button("add", entry.name, node.title or "entry")
        return fill("rows.html", rows=rows, add=add, mark=mark)

    def key(self, holder: str, row: Row, node: Group, title: str) -> SafeString:
        name = pointers.child(holder, row.token)
        anchor = f"{pointers.control_id(name)}-key"
        shared: dict[str, Any] = {
            "id": anchor,
            "name": pointers.meta_name("key", name),
            "aria_invalid": "true" if row.key_problem else None,
        }
        if node.keys:
            names = ["", *node.keys, *({row.key or ""} - {"", *node.keys})]
            options = [element("option", each or "Choose…", value=each, selected=each == row.key)
                       for each in names]  # fmt: skip
            control = element("select", joined(*options), **shared)
        else:
            control = void("input", type="text", value=row.key or "", **shared)
        return fill("key.html", id=anchor, title=f"Name of {title}", control=control)

    def union(self, entry: UnionEntry, around: Around) -> SafeString:
        node = entry.node
        assert isinstance(node, Union)  # noqa: S101 - entries and nodes go together
        has_field = isinstance(entry.chosen, Leaf | FileEntry)
        held = self.errors.pop(entry.place, None) if has_field else None
        about = self.about(entry, around)
        anchor = f"{about['id']}-pick"
        if held is not None:
            self.errors[entry.place] = held
            del self.titles[entry.place]
        else:
            self.titles[entry.place] = (anchor, about["title"])
        body = SafeString("")
        if entry.chosen:
            label = node.branches[int(entry.pick)].label
            strict = around.strict and node.required and not node.nullable
            body = self.inner(entry.chosen, Around(strict=strict, title=_capital(label)))
        picks = [(str(n), branch.label) for n, branch in enumerate(node.branches)]
        if node.nullable:
            picks.append(("null", "None"))
        if node.can_skip:
            picks.insert(0, ("", "Not set"))
        options = [element("option", label, value=value, selected=value == entry.pick)
                   for value, label in picks]  # fmt: skip
        name = pointers.meta_name("pick", entry.name)
        select = element(
            "select",
            joined(*options),
            id=anchor,
            name=name,
            aria_describedby=about["described"] or None,
            data_pick=pointers.encode(entry.name) or "#",
        )
        was = joined(hidden(pointers.meta_name("was", entry.name), entry.pick), _stash(entry))
        button = self.button("pick", entry.name, about["title"])
        return fill(
            "union.html",
            **about,
            anchor=anchor,
            select=joined(was, select),
            button=button,
            body=body,
        )

    def button(self, action: str, name: str, title: str) -> SafeString:
        """Return the button that changes the form's structure."""
        self.buttons = True
        words = {"add": "Add", "remove": "Remove", "up": "Move up", "down": "Move down"}
        word = words.get(action, "Show")
        return element(
            "button",
            word,
            type="submit",
            name="~do",
            formnovalidate=True,
            value=f"{action} {pointers.encode(name)}",
            class_=f"edit edit--{action}",
            aria_label=f"{word}: {title}",
        )


def _stash(entry: UnionEntry | GroupEntry) -> SafeString:
    """Return the texts of parts that are not shown now, so that coming back restores them."""
    if not entry.stash:
        return SafeString("")
    return hidden(pointers.meta_name("stash", entry.name), compact(entry.stash))


def _nth(anchor: str, number: int) -> str:
    return f"{anchor}-{number}" if number else anchor


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_stand_in(leaf: Leaf) -> bool:
    """Tell whether a JSON field stands where the schema has controls of its own."""
    return isinstance(leaf.node, Raw) and leaf.node.stands_in


def _is_hidden(leaf: Leaf, errors: Mapping[str, Sequence[str]]) -> bool:
    quiet = leaf.value is ABSENT and not leaf.problem and leaf.place not in errors
    return leaf.node.deprecated and quiet and not leaf.node.required


def _is_default(entry: Entry) -> bool:
    """Tell whether a part holds what a new form would hold."""
    if entry.problem or any(not _is_default(part) for part in entry.parts() if part.problem):
        return False
    default = entry.node.default
    if entry.value is ABSENT:
        return not default
    if default:
        return is_same(entry.value, default[0])
    if isinstance(entry.node, Switch):
        return entry.value is False
    return isinstance(entry, Leaf) and entry.typed == spell(entry.node, FRESH)


def _insists(leaf: Leaf) -> bool:
    """Tell whether a blank answer is surely refused."""
    match leaf.node:
        case Switch(must=must):
            return must or shows_select(leaf)
        case Text():
            blank = leaf.initial == "" or leaf.node.names_blank
            kept = leaf.node.secret and leaf.value is not ABSENT
            return not blank and not kept
        case Raw():
            return False
        case _:
            return True


def _limits(node: Node) -> str:
    """Return the limits that are worth saying before anybody goes beyond them."""
    match node:
        case Number():
            return node.limits.removeprefix("from ") if node.limits else ""
        case Text(max_length=int() as most) if not node.suggestions:
            return f"At most {most:,} characters"
        case Raw():
            return "Written as JSON"
        case _:
            return ""
