"""Labels of inputs and their values in filters, as on the form of a model that has them."""

import uuid
from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from playground.catalog.models import form_of
from playground.gallery.search_index import word_condition
from playground.schema import SchemaForm, pointers
from playground.schema.tree.nodes import Choice, Switch

FORMLESS = SchemaForm({})  # labels an input by its name in words


def title_inputs(specs: Mapping[str, uuid.UUID | None]) -> dict[str, str]:
    """Return the titles of inputs by name.

    specs  for each name a version of a model that has such an input, None where there is none
    """
    return {
        name: (form_of(spec) if spec else FORMLESS).title_of(pointers.child("", name))
        for name, spec in specs.items()
    }


def label_words(name: str, words: Iterable[str], spec: uuid.UUID | None) -> dict[str, str]:
    """Return the labels of an input's values, by the indexed value.

    spec  a version of a model that has such an input, None where there is none
    """
    parts = form_of(spec).parts() if spec else ()
    match next((node for node in parts if node.name == name), None):
        case Switch():
            labels = {"yes": _("yes"), "no": _("no")}
        case Choice(options=options):
            labels = {word_condition(each.value) or "": each.label for each in options}
        case _:
            labels = {}
    return {word: labels.get(word, word) for word in words}
