"""Draws unions (`anyOf`, `oneOf`): a choice of branch, and the fields of the chosen branch."""

from typing import Any

from django.utils.safestring import SafeString

from playground.schema import pointers
from playground.schema.entries.entry import FileEntry, Leaf, UnionEntry
from playground.schema.translation import gettext as _
from playground.schema.tree.hints import capital
from playground.schema.tree.nodes import Union

from .context import Drawing
from .frames import Around
from .hidden_inputs import hidden_mark, stashed_inputs
from .html import element, joined, render_template, void

_FEW = 3  # branches as radio buttons; more of them are a select


def draw_union(drawing: Drawing, entry: UnionEntry, around: Around) -> SafeString:
    """Render the choice of a branch and the chosen branch's controls."""
    node = entry.node
    assert isinstance(node, Union)  # noqa: S101 - entries and nodes go together
    # A single control inside shows the errors itself.
    has_field = isinstance(entry.chosen, Leaf | FileEntry | UnionEntry)
    held = drawing.errors.pop(entry.place, None) if has_field else None
    about = drawing.about(entry, around, suffix=f"-{node.kind('pick')}")
    if held:
        drawing.errors[entry.place] = held
        del drawing.titles[entry.place]
    body = SafeString("")
    if entry.chosen:
        label = node.branches[int(entry.pick)].label
        strict = around.strict and node.required and not node.nullable
        body = drawing.inner(
            entry.chosen, Around(strict=strict, title=capital(label), shown_help=node.help)
        )
    was = hidden_mark(node.kind("was"), entry.name, entry.pick)
    picks = _picks(node, entry)
    few = len(picks) <= _FEW
    return render_template(
        "union.html",
        **about,
        marks=joined(was, stashed_inputs(entry)),
        radios=_radios(node, entry, about["id"], picks) if few else "",
        select="" if few else _select(node, entry, about, picks),
        pick=pointers.control_name(entry.name),
        pick_label=_("Kind of %(title)s") % {"title": about["title"]},
        button=drawing.button("pick", entry.name, about["title"]),
        body=body,
    )


def _picks(node: Union, entry: UnionEntry) -> list[tuple[str, str]]:
    picks = [(str(number), branch.label) for number, branch in enumerate(node.branches)]
    # "Not set" means null if an answer is required, and if null and absent need no distinction.
    if (node.nullable and (node.required or node.default)) or entry.pick == "null":
        picks.append(("null", _("No value")))
    if (node.can_skip and not node.required) or entry.pick == "":
        picks.insert(0, ("", _("Not set")))
    return picks


def _radios(
    node: Union, entry: UnionEntry, anchor: str, picks: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    name = pointers.meta_name(node.kind("pick"), entry.name)
    return [
        {
            "id": own,
            "label": label,
            "control": void(
                "input", type="radio", id=own, name=name, value=value, checked=value == entry.pick
            ),
        }
        for number, (value, label) in enumerate(picks)
        for own in [f"{anchor}-{number}" if number else anchor]
    ]


def _select(
    node: Union, entry: UnionEntry, about: dict[str, Any], picks: list[tuple[str, str]]
) -> SafeString:
    options = [
        element("option", label, value=value, selected=value == entry.pick)
        for value, label in picks
    ]
    return element(
        "select",
        joined(*options),
        id=about["id"],
        name=pointers.meta_name(node.kind("pick"), entry.name),
        aria_describedby=about["described"] or None,
    )
