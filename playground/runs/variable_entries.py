"""The variables in the texts of a form, and the values entered for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec
from playground.runs import variables
from playground.runs.variables import Part, Variable
from playground.schema import OpenedForm, pointers

PREFIX = "~var:"  # prefix of control names; no JSON Pointer starts with it
MOST = 50
LONGEST_VALUE = 2_000
# A value is inserted at each occurrence of its variable: a short form could expand to gigabytes.
LONGEST_FILLED = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableEntry:
    """A variable of the form.

    problem  the error of its value, "" for none
    before   its value in the run that the form was opened from; None if unchanged
    """

    variable: Variable
    value: str
    problem: str = ""
    before: str | None = None

    @property
    def name(self) -> str:
        return self.variable.name


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableEntries:
    """All variables of a form.

    texts     the long texts by JSON Pointer, with variables
    filled    the texts that variables change, with values filled in
    overlong  pointers of texts that would become too long, and so are not filled
    names     names     names of the variables in each text
    is_crowded  too many braces, so variables were not parsed
    """

    texts: dict[str, str]
    listed: tuple[VariableEntry, ...]
    filled: dict[str, str]
    overlong: frozenset[str]
    names: dict[str, tuple[str, ...]]
    is_crowded: bool = False

    @property
    def problem(self) -> str:
        """The error about all variables together; "" for none."""
        if self.is_crowded:
            words = _(
                "The texts have more than %(count)s pairs of braces, which begin variables. Remove "
                "some of them."
            )
            return words % {"count": f"{variables.MOST_PLACES:,}"}
        if len(self.listed) > MOST:
            return _("The texts have more than %(count)d variables.") % {"count": MOST}
        return ""

    @property
    def signature(self) -> str:
        """A key that depends on the variables but not on their values."""
        return " ".join(entry.variable.text for entry in self.listed)

    @property
    def values(self) -> dict[str, str]:
        return {entry.name: entry.value for entry in self.listed}

    @property
    def problems(self) -> dict[str, str]:
        return {entry.name: problem for entry in self.listed if (problem := describe_entry(entry))}

    def with_problems(self) -> "VariableEntries":
        """Return the entries with all errors, also for empty values."""
        listed = (replace(entry, problem=describe_entry(entry)) for entry in self.listed)
        return replace(self, listed=tuple(listed))

    @property
    def change_count(self) -> int:
        return sum(1 for entry in self.listed if entry.before is not None)

    @property
    def filled_from(self) -> tuple[str, ...]:
        """The texts with filled variables, before filling."""
        return tuple(self.texts[pointer] for pointer in self.filled)


NO_VARIABLES = VariableEntries(texts={}, listed=(), filled={}, overlong=frozenset(), names={})


def say_too_long() -> str:
    words = _("With its variables filled in, this has more than %(count)s characters.")
    return words % {"count": f"{LONGEST_FILLED:,}"}


def describe_entry(entry: VariableEntry) -> str:
    return find_complaint(entry.variable, entry.value)


def find_complaint(variable: Variable, value: str) -> str:
    """Return the error of a value, "" for none."""
    if len(value) > LONGEST_VALUE:
        words = _("This has %(count)s characters; the limit is %(most)s.")
        return words % {"count": f"{len(value):,}", "most": f"{LONGEST_VALUE:,}"}
    return variable.complain(value)


def find_variables(
    form: OpenedForm, values: Mapping[str, Any], *, before: Mapping[str, Any] | None = None
) -> VariableEntries:
    """Return the variables in the content of a form, with the errors of their values.

    values    entered values by name
    before    values in the run that the form was opened from
    """
    texts = form.long_texts()
    if variables.are_too_many(texts.values()):
        return replace(NO_VARIABLES, is_crowded=True)
    parts = {pointer: variables.parse(text) for pointer, text in texts.items()}
    found = []
    for variable in variables.list_in(part for each in parts.values() for part in each):
        entered = str(values.get(variable.name, ""))
        problem = find_complaint(variable, entered) if entered else ""
        was = (before or {}).get(variable.name)
        changed_from = None if was in (None, entered) else str(was)
        found.append(
            VariableEntry(variable=variable, value=entered, problem=problem, before=changed_from)
        )
    return fill_in(texts, parts, tuple(found))


def fill_in(
    texts: dict[str, str], parts: Mapping[str, Sequence[Part]], listed: tuple[VariableEntry, ...]
) -> VariableEntries:
    """Fill the values into the texts in one pass, because they may be large."""
    values = {entry.name: entry.value for entry in listed}
    sizes = {pointer: variables.filled_length(each, values) for pointer, each in parts.items()}
    overlong = {
        pointer
        for pointer, size in sizes.items()
        if size > max(LONGEST_FILLED, len(texts[pointer]))
    }
    filled = {
        pointer: made
        for pointer, each in parts.items()
        if pointer not in overlong
        and (made := variables.fill_parts(each, values)) != texts[pointer]
    }
    names = {
        pointer: tuple(variable.name for variable in variables.list_in(each))
        for pointer, each in parts.items()
    }
    return VariableEntries(
        texts=texts, listed=listed, filled=filled, overlong=frozenset(overlong), names=names
    )


def read_values(data: Any) -> dict[str, str]:
    """Return the values of variables in a sent form."""
    return {
        name.removeprefix(PREFIX): data.get(name).replace("\0", "")
        for name in data
        if name.startswith(PREFIX)
    }


def escape_texts(spec: ModelSpec, value: Any) -> Any:
    """Escape the texts of inputs that were sent without variables, for a form."""
    if not has_braces(value):
        return value  # the usual case, without opening a form
    escaped = {
        pointer: made
        for pointer, text in spec.form.open(value).long_texts().items()
        if (made := variables.escape_text(text)) != text
    }
    return replace_texts(value, escaped)


def has_braces(value: Any) -> bool:
    """Whether the texts of a JSON value may contain variables."""
    if isinstance(value, str):
        return "{{" in value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(has_braces, inner))


def replace_texts(value: Any, texts: Mapping[str, str], pointer: str = "") -> Any:
    """Return a JSON value with the texts at some pointers replaced."""
    if not texts:
        return value
    if isinstance(value, str):
        return texts.get(pointer, value)
    if isinstance(value, list):
        return [
            replace_texts(item, texts, pointers.child(pointer, index))
            for index, item in enumerate(value)
        ]
    if isinstance(value, dict):
        return {
            key: replace_texts(item, texts, pointers.child(pointer, key))
            for key, item in value.items()
        }
    return value
