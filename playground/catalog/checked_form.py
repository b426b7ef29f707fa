"""The form of a model with its rules; unreadable parts are reported as notes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from playground.catalog.rules import Rule, RuleError, read_rule
from playground.catalog.validations import read_validations
from playground.schema import Note, SchemaError, SchemaForm


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedForm:
    """A form with notes for its author."""

    form: SchemaForm
    notes: tuple[Note, ...]


def make_form(schema: Any) -> SchemaForm:
    """Return the form of a schema; for an invalid one, a form of any JSON object."""
    try:
        return SchemaForm(schema)
    except SchemaError:
        return SchemaForm({"type": "object"})


def read_form(schema: Any, rules: Iterable[Any]) -> CheckedForm:
    """Return the form of a schema, with the rules in it and the stored rules.

    rules   in their stored form; unreadable ones are omitted with a note
    Raises  SchemaError
    """
    inside = read_validations(schema)
    readable: list[Rule] = []
    notes: list[Note] = []
    for number, document in enumerate(rules, start=1):
        try:
            readable.append(read_rule(document, schema))
        except RuleError as error:
            words = _("Rule %(number)d is not checked. %(problem)s")
            message = words % {"number": number, "problem": error}
            notes.append(Note(pointer="", message=message))
    form = SchemaForm(schema, rules=(*readable, *inside.rules))
    return CheckedForm(form=form, notes=(*form.notes, *inside.notes, *notes))
