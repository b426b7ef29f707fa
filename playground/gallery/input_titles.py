"""Titles of inputs in filters, taken from the form of a model that has them."""

import uuid
from collections.abc import Mapping

from playground.catalog.models import form_of
from playground.schema import SchemaForm, pointers

FORMLESS = SchemaForm({})  # calls an input by the words of its name


def title_inputs(specs: Mapping[str, uuid.UUID | None]) -> dict[str, str]:
    """Return the titles of inputs by name.

    specs  for each name a version of a model that has such an input, None where there is none
    """
    return {
        name: (form_of(spec) if spec else FORMLESS).title_of(pointers.child("", name))
        for name, spec in specs.items()
    }
