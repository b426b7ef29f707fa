"""The variables in a form's long texts, and what was entered for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.catalog.models import ModelSpec
from playground.runs.presets import variables
from playground.runs.presets.variables import Variable
from playground.schema import Submission

PREFIX = "~var:"  # of the controls' names: no pointer begins so
MOST = 50
TOO_MANY = f"The texts have more than {MOST} variables."
CROWDED = (
    f"The texts have more than {variables.MOST_PLACES:,} pairs of braces, which begin variables: "
    "leave some of them out."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """One variable to fill in.

    problem  what is wrong with its value, "" for nothing
    before   what it was in the run that the form was opened from; None where it is that
    """

    variable: Variable
    value: str
    problem: str = ""
    before: str | None = None

    @property
    def name(self) -> str:
        return self.variable.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Blanks:
    """All variables of a form.

    texts  the long texts by JSON Pointer, as they are written
    is_crowded  they have so many braces that no variables were looked for
    """

    texts: dict[str, str]
    listed: tuple[Blank, ...]
    is_crowded: bool = False

    @property
    def problem(self) -> str:
        """What is wrong with all of them together, "" for nothing."""
        if self.is_crowded:
            return CROWDED
        return TOO_MANY if len(self.listed) > MOST else ""

    @property
    def signature(self) -> str:
        """What changes when there are other variables, whatever is entered."""
        return " ".join(blank.variable.text for blank in self.listed)

    @property
    def values(self) -> dict[str, str]:
        return {blank.name: blank.value for blank in self.listed}

    @property
    def problems(self) -> dict[str, str]:
        return {blank.name: said for blank in self.listed if (said := say(blank))}

    @property
    def change_count(self) -> int:
        return sum(1 for blank in self.listed if blank.before is not None)

    @property
    def filled(self) -> dict[str, str]:
        """The texts that read otherwise once the values are put in."""
        made = {pointer: variables.fill(text, self.values) for pointer, text in self.texts.items()}
        return {pointer: text for pointer, text in made.items() if text != self.texts[pointer]}

    @property
    def filled_from(self) -> tuple[str, ...]:
        """Those texts as they are written."""
        return tuple(self.texts[pointer] for pointer in self.filled)


def say(blank: Blank) -> str:
    return blank.variable.complain(blank.value)


def find_blanks(
    spec: ModelSpec,
    value: Any | Submission,
    values: Mapping[str, Any],
    *,
    problems: Mapping[str, str] | None = None,
    before: Mapping[str, Any] | None = None,
) -> Blanks:
    """Return the variables in what stands in a form.

    values    what was entered, by name
    problems  what to say at each; None to say only what is wrong with what was entered
    before    what was entered in the run that the form was opened from
    """
    texts = spec.form.long_texts(value)
    if variables.are_too_many(texts.values()):
        return Blanks(texts={}, listed=(), is_crowded=True)
    found = []
    for variable in variables.list_variables(texts.values()):
        entered = str(values.get(variable.name, ""))
        said = variable.complain(entered) if entered else ""
        if problems is not None:
            said = problems.get(variable.name, "")
        was = (before or {}).get(variable.name)
        changed_from = None if was in (None, entered) else str(was)
        found.append(Blank(variable=variable, value=entered, problem=said, before=changed_from))
    return Blanks(texts=texts, listed=tuple(found))


def read_values(data: Any) -> dict[str, str]:
    """Return what a form that came back holds for its variables."""
    return {
        name.removeprefix(PREFIX): data.get(name)[:2000].replace("\0", "")
        for name in data
        if name.startswith(PREFIX)
    }


def escape_texts(spec: ModelSpec, value: Any) -> Any:
    """Return inputs as a form shows them that were sent as they are: their braces are no blanks."""
    escaped = {
        pointer: made
        for pointer, text in spec.form.long_texts(value).items()
        if (made := variables.escape(text)) != text
    }
    return put_texts(value, escaped)


def put_texts(value: Any, texts: Mapping[str, str], pointer: str = "") -> Any:
    """Return a JSON value with other texts at some places."""
    if not texts:
        return value
    if isinstance(value, str):
        return texts.get(pointer, value)
    if isinstance(value, list):
        return [put_texts(item, texts, f"{pointer}/{index}") for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {
            key: put_texts(item, texts, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
            for key, item in value.items()
        }
    return value
