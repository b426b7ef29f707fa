"""The fields that can have several values in an experiment, and the axes made of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from playground.catalog.titles import read_titles
from playground.experiments import axes
from playground.experiments.axes import Axis, AxisError, AxisKind, AxisValue
from playground.runs import variables
from playground.runs.variables import Variable
from playground.schema import SchemaForm, pointers
from playground.schema.tree.nodes import Choice, Files, Group, Node, Number, Switch, Text
from playground.schema.values import key_of
from playground.teams.models import Workspace

ALL = "*"  # value of the checkbox for all
MOST_REPEATS = 50
MOST_SHOWN = 60  # characters of an unknown field's name
PREFIXES = {AxisKind.FIELD: "vary:", AxisKind.VARIABLE: "vary-variable:"}
PRESETS, MODELS, REPEAT = "vary-presets", "vary-models", "vary-repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One offered value, a checkbox.

    text   value of the checkbox
    image  URL of a thumbnail, or ""
    """

    text: str
    label: str
    value: Any
    image: str = ""
    is_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisField:
    """One field that can have several values.

    control  "lines", "numbers", "ticks" or "count"
    owner    slug of the only model with this field, which takes one value; "" for shared fields
    ticks the offered values of a closed list
    entered  the sent texts
    axis     the axis made of them; None for none
    """

    kind: AxisKind
    name: str
    title: str
    control: str
    owner: str = ""
    ticks: tuple[Tick, ...] = ()
    entered: tuple[str, ...] = ()
    axis: Axis | None = None
    error: str = ""

    @property
    def control_name(self) -> str:
        if self.owner:
            return f"own:{self.owner}:{self.name}"
        fixed = {AxisKind.PRESET: PRESETS, AxisKind.MODEL: MODELS, AxisKind.REPEAT: REPEAT}
        return fixed.get(self.kind) or PREFIXES[self.kind] + self.name

    @property
    def control_id(self) -> str:
        return "vary" + pointers.control_id(self.control_name)

    @property
    def text(self) -> str:
        return "\n".join(self.entered)

    @property
    def is_all(self) -> bool:
        return ALL in self.entered

    def read(self, data: "MultiValueDict[str, Any]") -> "AxisField":
        """Return the field with the sent values and their axis, or an error."""
        entered = tuple(
            str(each).replace("\0", "") for each in data.getlist(self.control_name) if each
        )
        shown = replace(
            self,
            entered=entered,
            ticks=tuple(replace(tick, is_on=tick.text in entered) for tick in self.ticks),
        )
        if not entered:
            return shown
        try:
            values = list(self.read_values(entered))
            return replace(shown, axis=axes.make_axis(self.kind, self.name, self.title, values))
        except AxisError as error:
            return replace(shown, error=str(error))

    def read_values(self, entered: Sequence[str]) -> list[AxisValue]:
        """Parse the sent texts. Raises AxisError."""
        text = "\n".join(entered)
        if self.control == "numbers":
            found = axes.read_numbers(text)
            if self.kind == AxisKind.VARIABLE:  # values of variables are strings
                return [replace(each, value=each.label) for each in found]
            return found
        if self.control == "lines":
            return [AxisValue(value=text, label="")] if self.owner else axes.read_lines(text)
        if self.control == "count":
            return read_repeats(text)
        offered = {tick.text: tick for tick in self.ticks}
        chosen = list(offered) if ALL in entered else entered
        if unknown := [each for each in chosen if each not in offered]:
            words = _("“%(value)s” is not offered here.")
            raise AxisError(words % {"value": unknown[0][:MOST_SHOWN]})
        return [AxisValue(value=offered[each].value, label=offered[each].label) for each in chosen]


def read_repeats(text: str) -> list[AxisValue]:
    """Return a value for each repetition. Raises AxisError."""
    if not text.isdecimal() or not 0 < int(text[:9]) <= MOST_REPEATS:
        words = _("Enter a whole number from %(low)s to %(high)s.")
        raise AxisError(words % {"low": 1, "high": MOST_REPEATS})
    return [AxisValue(value=each, label=f"{each}") for each in range(1, int(text) + 1)]


def list_fields(
    form: SchemaForm,
    texts: Mapping[str, str],
    *,
    presets: Sequence[Tick],
    pictures: Sequence[Tick],
    models: Sequence[Tick],
) -> Iterator[AxisField]:
    """Yield all fields of a form that can have several values.

    texts     the current long texts, for their variables
    pictures  offered reference files
    """
    for pointer, node in walk_nodes(form.parts()):
        title = form.title_of(pointer)
        if made := make_field(pointer, title, node, pictures):
            yield made
    for variable in variables.list_variables(texts.values()):
        yield make_variable_field(variable)
    if presets:
        yield make_ticks(AxisKind.PRESET, _("Presets"), presets)
    if len(models) > 1:
        yield make_ticks(AxisKind.MODEL, _("Models"), models)
    yield AxisField(kind=AxisKind.REPEAT, name="", title=_("Repeat"), control="count")


def make_ticks(kind: AxisKind, title: str, ticks: Sequence[Tick]) -> AxisField:
    return AxisField(kind=kind, name="", title=title, control="ticks", ticks=tuple(ticks))


def walk_nodes(nodes: Sequence[Node], around: str = "") -> Iterator[tuple[str, Node]]:
    """Yield (pointer, node) of the fields of a form, including nested ones."""
    for node in nodes:
        pointer = pointers.child(around, node.name)
        if node.read_only or node.holds_secrets:
            continue
        if isinstance(node, Group):
            yield from walk_nodes(node.children, pointer)
        else:
            yield pointer, node


def describe_axis(axis: Axis, form: SchemaForm) -> Axis:
    """Return an axis with its title and labels translated to the active language.

    The stored ones are in the author's language.
    """
    titles = {
        AxisKind.PRESET: _("Presets"),
        AxisKind.MODEL: _("Models"),
        AxisKind.REPEAT: _("Repeat"),
    }
    if axis.kind in titles:
        return replace(axis, title=titles[axis.kind])
    node = dict(walk_nodes(form.parts())).get(axis.name) if axis.kind == AxisKind.FIELD else None
    if node is None:
        return axis
    title = form.title_of(axis.name)
    field = make_field(axis.name, title, node, ())
    labels = {key_of(each.value): each.label for each in (field.ticks if field else ())}
    values = (
        replace(each, label=labels.get(key_of(each.value), each.label)) for each in axis.values
    )
    return replace(axis, title=title, values=tuple(values))


def title_models(axis: Axis, workspace: Workspace) -> Axis:
    """Return an axis of models with translated titles; other axes are unchanged."""
    if axis.kind != AxisKind.MODEL:
        return axis
    titles = read_titles(workspace, [str(each.value) for each in axis.values])
    values = (replace(each, label=titles.get(str(each.value), each.label)) for each in axis.values)
    return replace(axis, values=tuple(values))


def make_field(pointer: str, title: str, node: Node, pictures: Sequence[Tick]) -> AxisField | None:
    """Return the axis field of a node; None if it cannot have several values."""
    ticks: tuple[Tick, ...] = ()
    match node:
        case Number():
            control = "numbers"
        case Text():
            control = "lines"
        case Choice():
            control = "ticks"
            ticks = tuple(
                Tick(text=each.text, label=each.label, value=each.value) for each in node.options
            )
        case Switch():
            control = "ticks"
            ticks = (
                Tick(text="true", label=_("yes"), value=True),
                Tick(text="false", label=_("no"), value=False),
            )
        case Files() if pictures:
            control = "ticks"
            ticks = tuple(
                replace(each, value=[each.value]) if node.multiple else each for each in pictures
            )
        case _:
            return None
    return AxisField(kind=AxisKind.FIELD, name=pointer, title=title, control=control, ticks=ticks)


def make_variable_field(variable: Variable) -> AxisField:
    ticks = tuple(Tick(text=each, label=each, value=each) for each in variable.choices)
    control = "ticks" if ticks else "numbers" if variable.low else "lines"
    return AxisField(
        kind=AxisKind.VARIABLE,
        name=variable.name,
        title=f"{{{{{variable.name}}}}}",
        control=control,
        ticks=ticks,
    )


def find_unknown(fields: Sequence[AxisField], data: "MultiValueDict[str, Any]") -> list[str]:
    """Return the errors of axes of unknown fields."""
    known = {each.control_name for each in fields}
    words = _("This form has no field “%(name)s” that can have several values.")
    return [
        words % {"name": name.removeprefix(prefix)[:MOST_SHOWN]}
        for name in data
        for prefix in PREFIXES.values()
        if name.startswith(prefix) and name not in known and any(data.getlist(name))
    ]
