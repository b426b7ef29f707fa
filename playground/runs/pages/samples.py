"""A picture for each model: the best-rated of those that it made here lately."""

from playground.media.content import MediaKind
from playground.runs.models import Output, Run
from playground.teams.models import Membership

_LATEST = 300  # runs that are looked through


def find_samples(membership: Membership, slug: str = "") -> dict[str, str]:
    """Return {slug of a model: address of a thumbnail}, for one model or for all.

    A model that made nothing lately that this member may see has none.
    """
    runs = Run.objects.visible_to(membership).order_by("-created_at")
    if slug:
        runs = runs.filter(spec__slug=slug)
    outputs = Output.objects.filter(
        run__in=runs.values("pk")[:_LATEST],
        file__kind=MediaKind.IMAGE,
        stored_at__isnull=False,
        trashed_at=None,
    )
    best = outputs.order_by("-stars", "-run__created_at", "position").select_related("run__spec")
    found: dict[str, str] = {}
    for output in best.only("pk", "run__spec__slug")[: 1 if slug else None]:
        found.setdefault(output.run.spec.slug, output.thumbnail_url)
    return found
