"""Computes the digests of the inputs of older runs, some at a time."""

from playground.runs.models import Run
from playground.runs.models.inputs_digest import digest_inputs

BATCH = 100


def digest_some() -> bool:
    """Compute some digests; False if none is left."""
    waiting = Run.objects.filter(inputs_digest="").order_by("pk")
    found = list(waiting.only("inputs")[:BATCH])
    for run in found:
        Run.objects.filter(pk=run.pk).update(inputs_digest=digest_inputs(run.inputs))
    return bool(found)
