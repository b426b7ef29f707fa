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
        .values_list("run", flat=True)
        .first()
        for name, word in filters.inputs
    }
    return title_inputs(newest)


def title_inputs(runs: Mapping[str, uuid.UUID | None]) -> dict[str, str]:
    """Return the titles of inputs by name.

    runs  for each name a run that has such an input, None where there is none
    """
    found = Run.objects.filter(pk__in={run for run in runs.values() if run})
    specs = dict(found.values_list("pk", "spec"))
    return {
        name: (form_of(specs[run]) if run in specs else FORMLESS).title_of(pointers.child("", name))
        for name, run in runs.items()
    }
