"""Builds the entries of a form from a value or a POST, in one traversal of the nodes."""

from dataclasses import replace

from playground.schema.files import FileStore
from playground.schema.tree.nodes import Files, Group, Maybe, Node, Rows, Union
from playground.schema.values import ABSENT, FRESH, Value

from .building_files import build_files
from .building_groups import build_group
from .building_rows import build_rows
from .context import Builder
from .entry import At, Entry, MaybeEntry, UnionEntry
from .sources import EntrySource, PostSource, ValueSource, is_missing


def start_building(source: EntrySource, files: FileStore) -> Builder:
    """Return a builder for one traversal; its `build` returns the entry of a node."""
    return Builder(source=source, files=files, make=make_entry)


def make_entry(builder: Builder, node: Node, at: At) -> Entry:
    """Return the entry of a node, by its kind."""
    match node:
        case Group():
            return build_group(builder, node, at)
        case Rows():
            return build_rows(builder, node, at)
        case Union():
            return _build_union(builder, node, at)
        case Maybe():
            return _build_maybe(builder, node, at)
        case Files():
            return build_files(builder.source, builder.files, node, at)
        case _:
            return builder.leaf(node, at)


def _build_union(builder: Builder, node: Union, at: At) -> UnionEntry:
    pick = builder.source.pick(node, at.name, at.initial)
    chosen, stash = None, {}
    inner = builder
    if isinstance(builder.source, PostSource):
        stash = builder.source.read_stash(at.name, node.kind("stash"))
        was = builder.source.meta(node.kind("was"), at.name)
        if builder.source.has(node.kind("was"), at.name) and was != pick:
            stash |= _sent_for(builder, builder.source, node, at, was)
            inner = builder.with_source(builder.source.restoring(stash))
            builder.switched += [at.name] if pick.isdecimal() else []
    if pick.isdecimal():
        same = pick == ValueSource().pick(node, at.name, at.initial)
        before = at if same else replace(at, initial=FRESH)
        chosen = inner.build(node.branches[int(pick)].node(), before)
    value: Value = chosen.value if chosen else ABSENT
    if (
        not chosen
        and node.nullable
        and (
            pick == "null"
            or at.initial is None
            or (node.required and _was_asked(builder, node, at))
        )
    ):
        value = None
    return UnionEntry(node=node, at=at, value=value, pick=pick, chosen=chosen, stash=stash)


def _sent_for(
    builder: Builder, source: PostSource, node: Union, at: At, was: str
) -> dict[str, list[str]]:
    """Return the texts that were sent for a branch, for the stash."""
    texts = source.below(at.name)
    known = {str(number): branch for number, branch in enumerate(node.branches)}
    return builder.without_secrets(texts, known[was].node(), at) if was in known else texts


def _was_asked(builder: Builder, node: Union, at: At) -> bool:
    return not isinstance(builder.source, PostSource) or builder.source.has(
        node.kind("pick"), at.name
    )


def _build_maybe(builder: Builder, node: Maybe, at: At) -> MaybeEntry:
    answer = builder.source.is_on(node, at.name, at.initial)
    inner = None
    if answer.on or not node.asked:
        inner = builder.build(
            node.inner(), replace(at, initial=FRESH) if is_missing(node, at.initial) else at
        )
    value: Value = ABSENT
    if answer.on and inner:
        value = inner.value
    elif node.nullable and answer.drawn:
        wants = answer.null if node.null_choice else at.initial is None or node.required
        value = None if wants else ABSENT
    return MaybeEntry(node=node, at=at, value=value, on=answer.on, null=answer.null, inner=inner)
