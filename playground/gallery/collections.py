"""Collections and tags as things of their own: listed, named, deleted. The pictures stay."""

from django.db import IntegrityError, models, transaction
from django.db.models import Count, OuterRef, Q, Subquery

from playground.gallery.models import Collection, Tag
from playground.gallery.sorting import SortingError, clean
from playground.runs.models import Output
from playground.teams.models import Membership

LONGEST_NAMES: dict[type[models.Model], int] = {Collection: 100, Tag: 40}


def list_collections(place: Membership) -> models.QuerySet[Collection]:
    """Return them with `count`, of the pictures that somebody sees, and `cover`, the newest id."""
    shown = visible(place, "collections")
    newest = shown.exclude(file__thumbnail="").order_by("-run__created_at", "position")
    of_it = newest.filter(collections=OuterRef("pk"))
    return (
        Collection.objects.filter(workspace=place.workspace_id)
        .select_related("made_by")
        .annotate(
            count=Count("outputs", filter=Q(outputs__in=shown)),
            cover=Subquery(of_it.values("pk")[:1]),
        )
    )


def list_tags(place: Membership) -> models.QuerySet[Tag]:
    """Return them with `count`, of the pictures that somebody sees."""
    counted = Count("outputs", filter=Q(outputs__in=visible(place, "tags")))
    return Tag.objects.filter(workspace=place.workspace_id).annotate(count=counted)


def visible(place: Membership, related: str) -> models.QuerySet[Output]:
    outputs = Output.objects.visible_to(place).filter(file__isnull=False, trashed_at=None)
    return outputs.filter(**{f"{related}__workspace": place.workspace_id})


def make(place: Membership, name: str) -> Collection:
    """Make an empty collection. Raises SortingError."""
    collection = Collection(workspace=place.workspace, made_by_id=place.user_id)
    rename(collection, name)
    return collection


def rename(thing: Collection | Tag, name: str) -> None:
    """Give a collection or a tag a name. Raises SortingError, also where another has it."""
    thing.name = clean(name, LONGEST_NAMES[type(thing)])
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError as error:
        raise SortingError(f"There is another “{thing.name}” already.") from error


def may_change(place: Membership, collection: Collection) -> bool:
    """Whether somebody may rename and delete it: who made it, and owners."""
    return place.is_owner or collection.made_by_id == place.user_id
