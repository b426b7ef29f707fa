"""Chooses the branch of a union that a value belongs to."""

from playground.schema.tree.nodes import (
    Branch,
    Choice,
    Files,
    Fixed,
    Group,
    Node,
    Number,
    Rows,
    Text,
)
from playground.schema.tree.options import Option
from playground.schema.values import JSON, is_same

_CONSTANT = 100  # score of an equal constant; a known property name scores 1


def find_branch(branches: tuple[Branch, ...], value: JSON) -> int:
    """Return the branch for a value: the first that accepts it, else the most similar."""
    for number, branch in enumerate(branches):
        if branch.accepts(value):
            return number
    return max(range(len(branches)), key=lambda n: (_similarity(branches[n].node(), value), -n))


def _similarity(node: Node, value: JSON) -> int:
    """Return a score for how similar a value is to a branch; equal constants score most."""
    if isinstance(node, Group) and isinstance(value, dict):
        known = [child for child in node.children if child.name in value]
        return 1 + len(known) + sum(_agreement(child, value[child.name]) for child in known)
    match value:
        case str():
            return int(isinstance(node, Text | Files))
        case int() | float():
            return int(isinstance(node, Number))
        case list():
            return int(isinstance(node, Rows | Files))
        case _:
            return 0


def _agreement(node: Node, value: JSON) -> int:
    match node:
        case Fixed(value=constant) | Choice(options=(Option(value=constant),)):
            return _CONSTANT if is_same(constant, value) else -_CONSTANT
        case _:
            return 0
