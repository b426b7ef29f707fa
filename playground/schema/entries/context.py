"""State of building the entries of one form: source, files, number of controls."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from playground.schema import pointers
from playground.schema.files import FileStore
from playground.schema.tree.nodes import Fixed, Group, Maybe, Node, Raw, Rows, Union, make_raw
from playground.schema.values import ABSENT, FRESH, Absence

from .entry import At, Entry, Leaf, walk
from .leaves import spell, understand
from .sources import MOST_CONTROLS, EntrySource, PostSource, ValueSource

type Maker = Callable[["Builder", Node, At], Entry]


def raw_of(node: Node) -> Raw:
    """Return the JSON text node that replaces a node."""
    about = {name: getattr(node, name) for name in Node.__dataclass_fields__}
    return make_raw(about, stands_in=True)


@dataclass(slots=True)
class Builder:
    """State of one traversal; it limits the number of controls.

    make      builds the entry of a node by its kind
    switched  unions whose picked branch is not the one that was drawn
    """

    source: EntrySource
    files: FileStore
    make: "Maker"
    left: int = MOST_CONTROLS
    switched: list[str] = field(default_factory=list)

    def with_source(self, source: EntrySource) -> "Builder":
        """Return a builder that reads from another source."""
        return replace(self, source=source)

    def build(self, node: Node, at: At) -> Entry:
        """Build the entry of a node."""
        if at.initial is FRESH and node.default:
            at = replace(at, initial=node.default[0])
        self.left -= 1
        if node.read_only or (self.left < 0 and isinstance(node, Group | Rows)):
            return self.shown(node, at)
        questions = isinstance(node, Union | Maybe)
        if not questions and self.source.is_raw(node, at.name, at.initial):
            return self.leaf(raw_of(node), at)
        left = self.left
        made = self.make(self, node, at)
        if made.problem and isinstance(self.source, ValueSource):  # too large for a form
            self.left = left
            return self.leaf(raw_of(node), at)
        return made

    def without_secrets(
        self, texts: dict[str, list[str]], node: Node, at: At
    ) -> dict[str, list[str]]:
        """Remove secrets from stashed texts, because hidden inputs would print them."""
        if not node.holds_secrets:
            return texts
        entry = replace(self, switched=[]).build(node, replace(at, initial=FRESH))
        secret = {pointers.control_name(each.name) for each in walk(entry) if each.node.secret}
        return {name: each for name, each in texts.items() if name not in secret}

    def leaf(self, node: Node, at: At) -> Leaf:
        typed = self.source.typed(node, at.name, at.initial)
        meaning = understand(node, typed, at.initial)
        if meaning.problem and isinstance(self.source, PostSource) and self.source.first:
            # The text was typed for another branch: show it only if this branch can read it.
            typed = self.source.first.typed(node, at.name, at.initial)
            meaning = understand(node, typed, at.initial)
        return Leaf(node=node, at=at, value=meaning.value, problem=meaning.problem, typed=typed)

    def shown(self, node: Node, at: At) -> Leaf:
        """Build the entry of a read-only value."""
        value = at.initial
        if isinstance(value, Absence):
            is_fresh = value is FRESH
            value = ABSENT
            # No control could enter a required constant.
            if isinstance(node, Fixed) and ((is_fresh and node.emitted) or node.required):
                value = node.value
            if value is ABSENT and node.required and node.default:
                value = node.default[0]
        typed = spell(raw_of(node), value)
        return Leaf(node=replace(node, read_only=True), at=at, value=value, typed=typed)
