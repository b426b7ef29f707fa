"""Draws objects and optional parts."""

from dataclasses import replace

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import Entry, GroupEntry, Leaf, MaybeEntry
from playground.schema.entries.leaves import spell
from playground.schema.lists import list_plain
from playground.schema.translation import gettext as _
from playground.schema.tree.nodes import Group, Maybe, Switch
from playground.schema.values import ABSENT, FRESH, is_same

from . import rows
from .companions import place_companions
from .context import Drawing
from .frames import Around
from .hidden_inputs import hidden_mark, null_checkbox, stashed_inputs
from .html import joined, render_template, void


def draw_group(drawing: Drawing, entry: GroupEntry, around: Around) -> SafeString:
    """Render an object under its heading."""
    about = drawing.about(entry, around)
    strict = around.strict and entry.node.required
    body = draw_children(drawing, entry, Around(strict=strict))
    return render_template("group.html", **about, body=body)


def draw_children(drawing: Drawing, entry: GroupEntry, around: Around) -> SafeString:
    """Render the fields of an object: plain fields, sections, additional keys, advanced fields.

    An advanced field that belongs to a choice is drawn below it while that choice is on.
    """
    inside = replace(around, title="", shown_help="", row=False)
    plain, advanced = place_companions(entry.children)
    return joined(
        draw_plain(drawing, entry, plain, inside),
        draw_advanced(drawing, advanced, inside),
        draw_marks(entry),
    )


def draw_plain(
    drawing: Drawing, entry: GroupEntry, plain: list[Entry], inside: Around
) -> SafeString:
    """Render fields under the section headings of the schema, then the additional keys."""
    node = entry.node
    assert isinstance(node, Group)  # noqa: S101 - entries and nodes go together
    return joined(_sections(drawing, node, plain, inside), rows.draw_free_rows(drawing, entry))


def draw_advanced(drawing: Drawing, advanced: list[Entry], inside: Around) -> SafeString:
    """Render the advanced section; open if any field has an error or is not at its default."""
    if not advanced:
        return SafeString("")
    is_open = any(drawing.has_error(each) or not _is_default(each) for each in advanced)
    # Browsers cannot focus an invalid control in a closed <details>: no `required` there.
    inside = replace(inside, strict=inside.strict and is_open)
    body = joined(*(drawing.entry(child, inside) for child in advanced))
    return render_template("advanced.html", body=body, open=is_open)


def draw_marks(entry: GroupEntry) -> SafeString:
    """Render an object's hidden inputs and the notice about dropped keys."""
    parts = [stashed_inputs(entry)]
    parts += [hidden_mark("seen", pointers.child(entry.name, name)) for name in entry.conditional]
    if entry.dropped:
        parts.append(render_template("dropped.html", notice=_say_dropped(entry.dropped)))
    return joined(*parts)


def _say_dropped(names: tuple[str, ...]) -> str:
    return _("Left out, no longer supported: %(names)s") % {"names": list_plain(names)}


def _sections(drawing: Drawing, node: Group, entries: list[Entry], inside: Around) -> SafeString:
    drawn = {each.node.name: drawing.entry(each, inside) for each in entries}
    parts: list[str] = []
    done: set[str] = set()
    for name, html in drawn.items():
        section = next((each for each in node.sections if name in each.names), None)
        if section is None:
            parts.append(html)
        elif section.title not in done:
            done.add(section.title)
            body = joined(*(drawn[each] for each in drawn if each in section.names))
            parts.append(render_template("section.html", title=section.title, body=body))
    return joined(*parts)


def _is_default(entry: Entry) -> bool:
    """Return whether an entry has the value of a new form."""
    if entry.has_problem:
        return False
    default = entry.node.default
    if entry.value is ABSENT:
        return not default
    if default:
        return is_same(entry.value, default[0])
    if isinstance(entry.node, Switch):
        return entry.value is False
    return isinstance(entry, Leaf) and entry.typed == spell(entry.node, FRESH)


def draw_maybe(drawing: Drawing, entry: MaybeEntry, around: Around) -> SafeString:
    """Render an optional part with its checkbox."""
    node = entry.node
    assert isinstance(node, Maybe)  # noqa: S101 - entries and nodes go together
    about = drawing.about(entry, around, suffix="-on")
    body = button = switch = SafeString("")
    if entry.inner and (entry.on or not node.asked):
        body = drawing.inner(entry.inner, Around(strict=False, title=about["title"]))
    if node.asked:
        button = drawing.button("remove" if entry.on else "add", entry.name, about["title"])
    else:
        name = pointers.meta_name("on", entry.name)
        switch = void(
            "input",
            type="checkbox",
            id=about["id"],
            name=name,
            value="1",
            checked=entry.on,
            aria_describedby=about["described"] or None,
        )
    return render_template(
        "maybe.html",
        **about,
        body=body,
        mark=hidden_mark("on", entry.name, "1" if node.asked and entry.on else "0"),
        switch=switch,
        button=button,
        null=null_checkbox(entry, ticked=entry.null),
        asked=node.asked,
    )
