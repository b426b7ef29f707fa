"""A sample picture for each model: the best-rated of its recent outputs, or an example's."""

from collections.abc import Mapping
from typing import Any

from playground.catalog.models import ModelSpec
from playground.prepared_queries import load_prepared
from playground.runs.models import Output, Run
from playground.runs.models.output import OutputQuerySet
from playground.runs.pages.examples import find_picture
from playground.teams.models import Membership

_LATEST = 300  # runs that are looked through


def find_samples(membership: Membership, slug: str = "") -> dict[str, str]:
    """Return {slug of a model: address of a thumbnail}, for one model or for all.

    Models without recent visible outputs have none; `find_sample` has an example's for them.
    """
    of_one = {"slug": slug} if slug else {}
    found: dict[str, str] = {}
    for output in load_prepared("", make_samples, {**membership.query_values, **of_one}):
        found.setdefault(output.run.spec.slug, output.thumbnail_url)
    return found


def find_sample(spec: ModelSpec, found: Mapping[str, str]) -> str:
    """Return the picture of a model: its sample, else its first example that has one, or "".

    found  as of `find_samples`
    """
    pictures = (find_picture(example) for example in spec.examples)
    return found.get(spec.slug) or next(filter(None, pictures), "")


def make_samples(values: Mapping[str, Any]) -> OutputQuerySet:
    person = Membership.from_query_values(values)
    runs = Run.objects.visible_to(person).order_by("-created_at")
    if "slug" in values:
        runs = runs.filter(spec__slug=values["slug"])
    outputs = Output.objects.filter(
        run__in=runs.values("pk")[:_LATEST],
        file__isnull=False,
        stored_at__isnull=False,
        trashed_at=None,
    ).exclude(file__thumbnail="")  # a picture's, or the poster of a video
    best = outputs.order_by("-stars", "-run__created_at", "position").select_related("run__spec")
    return best.only("pk", "run__spec__slug")[: 1 if "slug" in values else None]
