"""Builds the entries of a form, from whichever source: the one walk over the tree of nodes."""

from dataclasses import dataclass, field, replace

from playground.schema.files import FileStore
from playground.schema.tree.nodes import Files, Fixed, Group, Maybe, Node, Raw, Rows, Union
from playground.schema.values import ABSENT, FRESH, Absence, Value

from .building_files import build_files
from .building_groups import build_group
from .building_rows import build_rows
from .entry import At, Entry, Leaf, MaybeEntry, UnionEntry
from .leaves import spell, understand
from .sources import MOST_CONTROLS, Opened, Posted, Source, is_missing


def raw_of(node: Node) -> Raw:
    """Return the JSON text field that stands in for a node."""
    about = {name: getattr(node, name) for name in Node.__dataclass_fields__}
    return Raw(**about, stands_in=True)


@dataclass(slots=True)
class Builder:
    """One walk; counts the controls so that no input makes it endless.

    switched  unions for which another branch was picked than the one that was drawn
    """

    source: Source
    files: FileStore
    left: int = MOST_CONTROLS
    switched: list[str] = field(default_factory=list)

    def with_source(self, source: Source) -> "Builder":
        """Return a walk over a part, from another source."""
        return Builder(source=source, files=self.files, left=self.left, switched=self.switched)

    def build(self, node: Node, at: At) -> Entry:
        """Return what stands at a node."""
        if at.initial is FRESH and node.default:
            at = replace(at, initial=node.default[0])
        self.left -= 1
        if node.read_only or (self.left < 0 and isinstance(node, Group | Rows)):
            return self.shown(node, at)
        questions = isinstance(node, Union | Maybe)
        if not questions and self.source.is_raw(node, at.name, at.initial):
            return self.leaf(raw_of(node), at)
        left = self.left
        made = self.kind(node, at)
        if made.problem and isinstance(self.source, Opened):  # not all of it has room in a form
            self.left = left
            return self.leaf(raw_of(node), at)
        return made

    def kind(self, node: Node, at: At) -> Entry:
        match node:
            case Group():
                return build_group(self, node, at)
            case Rows():
                return build_rows(self, node, at)
            case Union():
                return self.union(node, at)
            case Maybe():
                return self.maybe(node, at)
            case Files():
                return build_files(self.source, self.files, node, at)
            case _:
                return self.leaf(node, at)

    def leaf(self, node: Node, at: At) -> Leaf:
        typed = self.source.typed(node, at.name, at.initial)
        meaning = understand(node, typed, at.initial)
        if meaning.problem and isinstance(self.source, Posted) and self.source.first:
            # Typed for another branch: what cannot be read here is not shown here.
            typed = self.source.first.typed(node, at.name, at.initial)
            meaning = understand(node, typed, at.initial)
        return Leaf(node=node, at=at, value=meaning.value, problem=meaning.problem, typed=typed)

    def shown(self, node: Node, at: At) -> Leaf:
        """Return a place that is shown and never read."""
        value = at.initial
        if isinstance(value, Absence):
            is_fresh = value is FRESH
            value = ABSENT
            # What is required has no other way in.
            if isinstance(node, Fixed) and ((is_fresh and node.emitted) or node.required):
                value = node.value
            if value is ABSENT and node.required and node.default:
                value = node.default[0]
        typed = spell(raw_of(node), value)
        return Leaf(node=replace(node, read_only=True), at=at, value=value, typed=typed)

    def union(self, node: Union, at: At) -> UnionEntry:
        pick = self.source.pick(node, at.name, at.initial)
        chosen, stash = None, {}
        inner = self
        if isinstance(self.source, Posted):
            stash = self.source.read_stash(at.name, node.kind("stash"))
            was = self.source.meta(node.kind("was"), at.name)
            if self.source.has(node.kind("was"), at.name) and was != pick:
                stash |= self.source.below(at.name)
                inner = self.with_source(self.source.restoring(stash))
                self.switched += [at.name] if pick.isdecimal() else []
        if pick.isdecimal():
            same = pick == Opened().pick(node, at.name, at.initial)
            before = at if same else replace(at, initial=FRESH)
            chosen = inner.build(node.branches[int(pick)].node(), before)
        value: Value = chosen.value if chosen else ABSENT
        if (
            not chosen
            and node.nullable
            and (
                pick == "null" or at.initial is None or (node.required and self.was_asked(node, at))
            )
        ):
            value = None
        return UnionEntry(node=node, at=at, value=value, pick=pick, chosen=chosen, stash=stash)

    def was_asked(self, node: Union, at: At) -> bool:
        return not isinstance(self.source, Posted) or self.source.has(node.kind("pick"), at.name)

    def maybe(self, node: Maybe, at: At) -> MaybeEntry:
        answer = self.source.is_on(node, at.name, at.initial)
        inner = None
        if answer.on or not node.asked:
            inner = self.build(
                node.inner(), replace(at, initial=FRESH) if is_missing(node, at.initial) else at
            )
        value: Value = ABSENT
        if answer.on and inner:
            value = inner.value
        elif node.nullable and answer.drawn:
            wants = answer.null if node.null_choice else at.initial is None or node.required
            value = None if wants else ABSENT
        return MaybeEntry(
            node=node, at=at, value=value, on=answer.on, null=answer.null, inner=inner
        )
