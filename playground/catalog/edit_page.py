"""The page that edits a model: its forms, filled from a model or validated together."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from playground.catalog.checked_form import CheckedForm, read_form
from playground.catalog.editors import Editor
from playground.catalog.forms import (
    MOST_PLACES,
    ExampleForm,
    ExampleFormSet,
    FactsForm,
    PlacementForm,
    PlacementFormSet,
    RuleForm,
    RuleFormSet,
)
from playground.catalog.layout import FieldPlacement, read_layout, write_layout
from playground.catalog.models import ModelSpec
from playground.catalog.pricing import PARTS, find_price, read_pricing
from playground.catalog.properties import find_properties
from playground.catalog.translations import check_examples
from playground.schema import Note, SchemaError, pointers
from playground.schema.values import compact, pretty
from playground.teams import providers_in_use
from playground.teams.models import Workspace

type Rows[F: forms.Form] = forms.BaseFormSet[F]  # generic for mypy only: not evaluated when run


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPage:
    """The fields of the page.

    draft             the unsaved model; None if the page has errors
    checked           its form; None if the schema is invalid
    has_other_fields  whether the schema has fields that are not in the layout list
    """

    facts: FactsForm
    rules: Rows[RuleForm]
    examples: Rows[ExampleForm]
    places: Rows[PlacementForm]
    draft: ModelSpec | None = None
    checked: CheckedForm | None = None
    has_other_fields: bool = False

    @property
    def problems(self) -> list[str]:
        """The non-form errors of the form sets."""
        lists = (self.rules, self.examples, self.places)
        return [str(error) for rows in lists if rows.is_bound for error in rows.non_form_errors()]

    @property
    def has_price_expressions(self) -> bool:
        """Whether the price has expressions, valid or not."""
        fields = (self.facts["likely"], self.facts["most"])
        return any(field.value() or field.errors for field in fields)

    @property
    def is_valid(self) -> bool:
        return self.draft is not None


def open_page(spec: ModelSpec, editor: Editor, *, is_new: bool) -> EditPage:
    """Fill the page from a model, stored or not."""
    places = _places_of(spec.schema)
    price = find_price(spec.price, spec.provider_in_use)
    facts = {
        "title": spec.title,
        "slug": spec.slug,
        "provider": spec.provider,
        "description": spec.description,
        "category": spec.category,
        **{name: price.get(name, "") for name in PARTS},
        "schema": pretty(spec.schema) if spec.schema else "",
        "base": spec.version,
        "drawn": _digest(places),
    }
    rules = [
        {
            "rule": each.get("rule", ""),
            "message": each.get("message", ""),
            "fields_": _names(each.get("fields", ())),
        }
        for each in spec.rules
    ]
    return EditPage(
        facts=FactsForm(None, initial=facts, editor=editor, is_new=is_new),
        rules=RuleFormSet(initial=rules, prefix="rules"),
        examples=ExampleFormSet(
            initial=[{"inputs": pretty(each)} for each in spec.examples], prefix="examples"
        ),
        places=_place_forms(places),
        checked=_check(spec),
    )


def read_page(data: QueryDict, spec: ModelSpec | None, editor: Editor) -> EditPage:
    """Validate the posted fields together, with each error at its field.

    spec    the edited model, None for a new one
    editor  the user's permissions
    """
    initial = {"slug": spec.slug, "provider": spec.provider} if spec else {}
    facts = FactsForm(data, initial=initial, editor=editor, is_new=spec is None)
    facts.stored_price = spec.price if spec else {}
    page = EditPage(
        facts=facts,
        rules=RuleFormSet(data, prefix="rules"),
        examples=ExampleFormSet(data, prefix="examples"),
        places=PlacementFormSet(data, prefix="places"),
    )
    valid = [facts.is_valid(), page.rules.is_valid(), page.examples.is_valid()]
    valid += [page.places.is_valid()]
    if facts.cleaned_data.get("schema") is None:
        return page
    page = _settle(page, data.copy())
    checked = _examine(page)
    sound = all(valid) and checked is not None and not _has_errors(page)
    if not sound:
        return replace(page, checked=checked)
    workspace = spec.workspace if spec else facts.workspace
    return replace(page, checked=checked, draft=_draft(page, workspace))


def add_blank_row(data: QueryDict, prefix: str) -> QueryDict:
    """Return the posted data with a blank row added to a form set."""
    changed = data.copy()
    name = f"{prefix}-TOTAL_FORMS"
    total = changed.get(name, "")
    if total.isdecimal() and len(total) < 4:  # noqa: PLR2004 - digits, of a list of a hundred at most
        changed[name] = str(int(total) + 1)
    return changed


def _settle(page: EditPage, data: QueryDict) -> EditPage:
    """Write a changed layout into the schema, and fill the layout list from it."""
    facts, schema = page.facts, page.facts.cleaned_data["schema"]
    if page.places.is_valid():
        places = [FieldPlacement(**form.cleaned_data) for form in page.places]
        is_moved = _digest(places) != facts.cleaned_data["drawn"]
        if is_moved:
            schema = facts.cleaned_data["schema"] = write_layout(schema, places)
            data["schema"] = pretty(schema)
        drawn = _places_of(schema)
        data["drawn"] = _digest(drawn)
        is_other = {each.name for each in drawn} != {each.name for each in places}
        redrawn = _place_forms(drawn)
        page = replace(page, places=redrawn, has_other_fields=is_other and not is_moved)
    facts.data = data
    return page


def _examine(page: EditPage) -> CheckedForm | None:
    """Validate the parts against each other; add errors to their fields."""
    schema = page.facts.cleaned_data["schema"]
    rules = [form for form in _filled(page.rules) if not form.errors]
    try:
        checked = read_form(schema, [form.stored for form in rules])
    except SchemaError as error:
        page.facts.add_error("schema", str(error))
        return None
    names = find_properties(schema, schema)
    for form in rules:
        for pointer in form.cleaned_data["fields_"]:
            name = pointers.split(pointer)[0]
            if names and name not in names:
                words = _("The schema has no field “%(name)s”.")
                form.add_error("fields_", words % {"name": name})
    for example in _filled(page.examples):
        if not example.errors:
            for pointer, messages in checked.form.validate(example.cleaned_data["inputs"]).items():
                where = f"{'/'.join(pointers.split(pointer))}: " if pointer else ""
                example.add_error("inputs", [f"{where}{message}" for message in messages])
    notes = check_examples(schema, checked.form)
    return _examine_price(page, schema, replace(checked, notes=(*checked.notes, *notes)))


def _examine_price(page: EditPage, schema: Any, checked: CheckedForm) -> CheckedForm:
    """Add errors to price expressions that fail on an example; notes if on a new form.

    A new form can lack required inputs, so that is no error.
    """
    clean = page.facts.cleaned_data
    pricing = read_pricing(
        clean.get("price"), providers_in_use.provider_for(page.facts.provider_slug)
    )
    inputs = [form.cleaned_data["inputs"] for form in _filled(page.examples) if not form.errors]
    for number, each in enumerate(inputs, start=1):
        for name, message in pricing.check(schema, each).items():
            if name in clean:  # one error per field is enough
                words = _("With the inputs of example %(number)d: %(problem)s")
                page.facts.add_error(name, words % {"number": number, "problem": message})
    failing = pricing.check(schema, checked.form.initial()).items()
    notes = [
        Note(
            pointer="",
            message=_("“%(field)s” fails on a new form. %(problem)s")
            % {"field": page.facts.fields[name].label, "problem": message},
        )
        for name, message in failing
        if name in clean
    ]
    return replace(checked, notes=(*checked.notes, *notes))


def _has_errors(page: EditPage) -> bool:
    rows = [*_filled(page.rules), *_filled(page.examples)]
    return bool(page.facts.errors) or any(row.errors for row in rows)


def _draft(page: EditPage, workspace: Workspace | None) -> ModelSpec:
    clean = page.facts.cleaned_data
    facts = {name: clean[name] for name in ModelSpec.FACTS if name in clean}
    facts["rules"] = [form.stored for form in _filled(page.rules)]
    facts["examples"] = [form.cleaned_data["inputs"] for form in _filled(page.examples)]
    return ModelSpec(slug=clean["slug"], workspace=workspace, **facts)


def _filled[F: forms.Form](rows: Rows[F]) -> list[F]:
    return [form for form in rows if form.has_changed()]


def _check(spec: ModelSpec) -> CheckedForm | None:
    try:
        return read_form(spec.schema, spec.rules) if spec.schema else None
    except SchemaError:
        return None


def _places_of(schema: Any) -> tuple[FieldPlacement, ...]:
    places = read_layout(schema)
    return places if len(places) <= MOST_PLACES else ()


def _place_forms(places: Iterable[FieldPlacement]) -> Rows[PlacementForm]:
    initial = [
        {
            "name": place.name,
            "title": place.title,
            "position": place.position,
            "group": place.group,
            "advanced": place.advanced,
        }
        for place in places
    ]
    return PlacementFormSet(initial=initial, prefix="places")


def _digest(places: Iterable[FieldPlacement]) -> str:
    facts = [[each.name, each.position, each.group, each.advanced] for each in places]
    return hashlib.sha256(compact(facts).encode()).hexdigest()


def _names(places: Iterable[str]) -> str:
    return ", ".join("/".join(pointers.split(place)) for place in places)
