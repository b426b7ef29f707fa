"""Lists the collections and tags that a member may see."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Subquery

from playground.gallery.models import Collection, Tag
from playground.runs.models import Output
from playground.runs.pages.file_counts import FileCount, merge_kinds
from playground.teams.models import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class TagLine:
    """All tags of one name: the first of them, and the number of files of all."""

    tag: Tag
    count: FileCount


def list_collections(membership: Membership) -> models.QuerySet[Collection]:
    """Return the collections that a person may see.

    Each has `count`, the number of visible outputs; `first_kind` and `last_kind` of what they are
    (`file_counts.merge_kinds`); `cover`, the ID of the newest of these; and
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
            **count_visible(shown),
            cover=Subquery(of_it.values("pk")[:1]),
            is_shown=Exists(shared),
        )
    )
    return listed


def list_tags(membership: Membership) -> list[TagLine]:
    """Return the tags that a person may see, each name once."""
    counted = count_visible(visible(membership, "tags"))
    lines: dict[str, TagLine] = {}
    for tag in Tag.objects.visible_to(membership).annotate(**counted):
        name, count = tag.name.casefold(), read_count(tag)
        known = lines.setdefault(name, TagLine(tag=tag, count=count))
        if known.tag is not tag:
            lines[name] = replace(known, count=add_counts(known.count, count))
    return list(lines.values())


def count_visible(shown: models.QuerySet[Output]) -> dict[str, models.Aggregate]:
    """Return what `read_count` needs of each row that has outputs."""
    condition = Q(outputs__in=shown)
    return {
        "count": Count("outputs", filter=condition),
        "first_kind": Min("outputs__file__kind", filter=condition),
        "last_kind": Max("outputs__file__kind", filter=condition),
    }


def read_count(counted: Any) -> FileCount:
    """Return how many files a tag or a collection of `count_visible` has, and of what kind."""
    kinds = filter(None, (counted.first_kind, counted.last_kind))
    return FileCount(count=counted.count, kind=merge_kinds(kinds))


def add_counts(one: FileCount, other: FileCount) -> FileCount:
    kinds = [each.kind for each in (one, other) if each.count]
    return FileCount(count=one.count + other.count, kind=merge_kinds(kinds))


def visible(membership: Membership, related: str) -> models.QuerySet[Output]:
    outputs = Output.objects.visible_to(membership).filter(file__isnull=False, trashed_at=None)
    return outputs.filter(**{f"{related}__workspace": membership.workspace_id})


def may_change(membership: Membership, collection: Collection) -> bool:
    """Whether a person may rename and delete it: its author and owners."""
    return membership.is_owner or collection.made_by_id == membership.user_id
