"""What inputs are called that pictures are found by: as the form of a model that has them says."""

import uuid
from collections.abc import Mapping

from playground.catalog.models import form_of
from playground.gallery.filters import Filters
from playground.gallery.models import InputWord
from playground.runs.models import Run
from playground.schema import SchemaForm, pointers
from playground.teams.models import Membership

FORMLESS = SchemaForm({})  # calls an input by the words of its name


def title_chosen(membership: Membership, filters: Filters) -> dict[str, str]:
    """Return the titles of the inputs that are looked for, by name.

    Where several models have such an input, the model of the newest run names it.
    """
    seen = InputWord.objects.filter(run__in=Run.objects.visible_to(membership))
    newest = {
        name: seen.filter(name=name, word=word)
        .order_by("-run__created_at")
        .values_list("run__spec", flat=True)
        .first()
        for name, word in filters.inputs
    }
    return title_inputs(newest)


def title_inputs(specs: Mapping[str, uuid.UUID | None]) -> dict[str, str]:
    """Return the titles of inputs by name.

    specs  for each name a version of a model that has such an input, None where there is none
    """
    return {
        name: (form_of(spec) if spec else FORMLESS).title_of(pointers.child("", name))
        for name, spec in specs.items()
    }
