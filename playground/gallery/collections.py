"""Lists the collections and tags that a member may see."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery

from playground.gallery.models import Collection, Tag
from playground.runs.models import Output
from playground.teams.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLine:
    """All tags of one name: the first of them, and the number of pictures of all."""

    tag: Tag
    count: int


def list_collections(membership: Membership) -> models.QuerySet[Collection]:
    """Return the collections that a person may see.

    Each has `count`, the number of visible pictures; `cover`, the ID of the newest of these; and
    `is_shown`, whether it contains a picture that others see, so that they see the collection too.
    """
    shown = visible(membership, "collections")
    newest = shown.exclude(file__thumbnail="").order_by("-run__created_at", "position")
    of_it = newest.filter(collections=OuterRef("pk"))
    shared = Output.objects.filter(collections=OuterRef("pk"), run__is_shared=True)
    listed: models.QuerySet[Collection] = (
        Collection.objects.visible_to(membership)
        .select_related("made_by")
        .annotate(
            count=Count("outputs", filter=Q(outputs__in=shown)),
            cover=Subquery(of_it.values("pk")[:1]),
            is_shown=Exists(shared),
        )
    )
    return listed


def list_tags(membership: Membership) -> list[TagLine]:
    """Return the tags that a person may see, each name once."""
    counted = Count("outputs", filter=Q(outputs__in=visible(membership, "tags")))
    lines: dict[str, TagLine] = {}
    for tag in Tag.objects.visible_to(membership).annotate(count=counted):
        known = lines.get(tag.name.casefold(), TagLine(tag=tag, count=0))
        lines[tag.name.casefold()] = TagLine(tag=known.tag, count=known.count + tag.count)
    return list(lines.values())


def visible(membership: Membership, related: str) -> models.QuerySet[Output]:
    outputs = Output.objects.visible_to(membership).filter(file__isnull=False, trashed_at=None)
    return outputs.filter(**{f"{related}__workspace": membership.workspace_id})


def may_change(membership: Membership, collection: Collection) -> bool:
    """Whether a person may rename and delete it: its author and owners."""
    return membership.is_owner or collection.made_by_id == membership.user_id
