"""Maps validation errors to messages at the fields of a form."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from jsonschema import ValidationError

from playground.schema import pointers
from playground.schema.entries.entry import Entry, GroupEntry, UnionEntry, walk_present
from playground.schema.reading.budget import TooMuchError
from playground.schema.reading.validator import SchemaValidator
from playground.schema.tree.nodes import Node, Union
from playground.schema.values import ABSENT, JSON, Value

from . import keyword_messages

type Errors = dict[str, list[str]]


class CrossFieldCheck(Protocol):
    """A check across fields that JSON Schema cannot express.

    fields  pointers of the fields that it reads
    """

    @property
    def fields(self) -> tuple[str, ...]: ...

    def check(self, value: JSON) -> str | None:
        """Return the error message, or None if the value is valid."""


def explain(
    validator: SchemaValidator, root: Entry, value: Value, rules: Sequence[CrossFieldCheck] = ()
) -> Errors:
    """Validate a value in a form; return {pointer: [message]}, {} if valid."""
    verdict = _Verdict(root)
    verdict.add_problems()
    if value is ABSENT:
        if not verdict.errors:
            verdict.add("", keyword_messages.needed(root.node))
        return verdict.errors
    try:
        verdict.add_errors(validator.errors(value))
    except RecursionError:
        verdict.add("", keyword_messages.say_too_deep())
    except TooMuchError:
        verdict.add("", keyword_messages.say_too_much())
    verdict.add_rules(rules, value)
    return verdict.errors


class _Verdict:
    """Collects the error messages of a form, by pointer."""

    def __init__(self, root: Entry) -> None:
        self.errors: Errors = {}
        self.nodes: dict[str, Node] = {}
        self.unions: dict[str, list[UnionEntry]] = {}
        self.unreadable: set[str] = set()
        self.root = root

    def add(self, pointer: str, message: str) -> None:
        messages = self.errors.setdefault(pointer, [])
        if message not in messages:
            messages.append(message)

    def add_problems(self) -> None:
        """Add errors for unreadable content, which the validator does not see."""
        for entry in walk_present(self.root):
            self.nodes[entry.place] = entry.node
            if isinstance(entry, UnionEntry):
                self.unions.setdefault(entry.place, []).append(entry)
            if entry.problem:
                self.unreadable.add(entry.place)
                self.add(entry.place, entry.problem)
            if isinstance(entry, GroupEntry):
                for row in entry.rows:
                    if row.key_problem:
                        self.add(row.entry.place, row.key_problem)

    def add_errors(self, errors: Iterable[ValidationError], at: str = "") -> None:
        for error in errors:
            pointer = at
            for key in error.path:
                pointer = pointers.child(pointer, key)
            if pointer not in self.unreadable:
                self.add_error(error, pointer)

    def add_error(self, error: ValidationError, pointer: str) -> None:
        match error.validator:
            case "required" | "dependentRequired":
                for name in _missing(error):
                    place = pointers.child(pointer, name)
                    if place not in self.unreadable:
                        self.add(place, keyword_messages.needed(self.nodes.get(place)))
            case "anyOf" | "oneOf":
                self.add_union(error, pointer)
            case _:
                self.add(pointer, keyword_messages.message_for(error, self.nodes.get(pointer)))

    def add_union(self, error: ValidationError, pointer: str) -> None:
        """Add errors of the chosen branch, not of every branch."""
        if error.validator == "oneOf" and not error.context:
            self.add(pointer, keyword_messages.more_than_one(error, self.nodes.get(pointer)))
            return
        branches: dict[object, list[ValidationError]] = {}
        for each in error.context or ():
            branches.setdefault(next(iter(each.schema_path), None), []).append(each)
        chosen = self._chosen(error, branches, pointer)
        if chosen is None:
            self.add(pointer, keyword_messages.message_for(error, self.nodes.get(pointer)))
        else:
            self.add_errors(chosen, at=pointer)

    def _chosen(
        self,
        error: ValidationError,
        branches: dict[object, list[ValidationError]],
        pointer: str,
    ) -> list[ValidationError] | None:
        listed: Any = error.validator_value
        for entry in self.unions.get(pointer, ()):
            node = entry.node
            same = isinstance(node, Union) and node.keyword == error.validator
            if (
                isinstance(node, Union)
                and same
                and node.size == len(listed)
                and entry.pick.isdecimal()
            ):
                return branches.get(node.branches[int(entry.pick)].number)
        real = [errors for errors in branches.values() if not any(map(_is_beside, errors))]
        if len(real) == 1:
            return real[0]
        closer = [errors for errors in real if not any(_is_about_kind(each) for each in errors)]
        return closer[0] if len(closer) == 1 else None

    def add_rules(self, rules: Iterable[CrossFieldCheck], value: JSON) -> None:
        failed: list[tuple[CrossFieldCheck, str]] = []
        for rule in rules:
            if any(_touches(rule.fields, pointer) for pointer in self.errors):
                continue
            message = rule.check(value)
            if message:
                failed.append((rule, message))
        for rule, message in failed:
            for pointer in rule.fields or ("",):
                self.add(pointer, message)


def _missing(error: ValidationError) -> Iterator[str]:
    """Yield the missing properties of a `required` or `dependentRequired` error."""
    wanted: Any = error.validator_value
    given: Any = error.instance
    names = wanted if isinstance(wanted, list) else []
    if isinstance(wanted, dict):
        names = [n for key, requires in wanted.items() if key in given for n in requires]
    yield from (name for name in names if name not in given)


def _is_beside(error: ValidationError) -> bool:
    """Return whether an error is about a branch that is not offered: null, or a false schema."""
    is_null = error.validator == "type" and error.validator_value == "null"
    return not error.path and (is_null or keyword_messages.is_about_nothing(error))


def _is_about_kind(error: ValidationError) -> bool:
    return not error.path and error.validator in {"type", "const", "enum"}


def _touches(fields: Iterable[str], pointer: str) -> bool:
    """Return whether an error's pointer is inside, or contains, one of a rule's fields."""
    return any(
        pointer == field
        or pointer.startswith(f"{field}/")
        or (pointer and field.startswith(f"{pointer}/"))
        for field in fields
    )
