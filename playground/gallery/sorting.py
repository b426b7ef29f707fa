"""The wheat from the chaff: stars, tags, collections, and the trash with its way back."""

import uuid
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone

from playground.gallery.models import Collection, Tag
from playground.runs.media.trash import RETENTION
from playground.runs.models import Output, OutputQuerySet
from playground.teams.models import Membership

MOST = 500
MOST_TAGS = 200


class SortingError(Exception):
    """It cannot be done; the message says why."""


def choose(place: Membership, ids: Sequence[str]) -> OutputQuerySet:
    """Return those of these outputs that somebody sees; ids that are none are passed over.

    Raises  SortingError where nothing, or too much, is chosen
    """
    wanted = set()
    for text in ids:
        try:
            wanted.add(uuid.UUID(text))
        except ValueError:
            continue
    if not wanted:
        raise SortingError("Choose a picture first.")
    if len(wanted) > MOST:
        raise SortingError(f"{MOST} at once are the most.")
    return Output.objects.visible_to(place).filter(pk__in=wanted, file__isnull=False)


def give_stars(outputs: OutputQuerySet, stars: str) -> str:
    if stars not in {"0", "1", "2", "3", "4", "5"}:
        raise SortingError("Stars go from 0 to 5.")
    count = outputs.update(stars=int(stars))
    return f"{stars} star{'' if stars == '1' else 's'} for {tell(count)}"


def throw_away(outputs: OutputQuerySet) -> str:
    """Put them in the trash, from which they go for good after a while."""
    count = outputs.filter(trashed_at=None).update(trashed_at=timezone.now())
    return f"{tell(count)} in the trash, for {RETENTION.days} days"


def bring_back(outputs: OutputQuerySet) -> str:
    count = outputs.exclude(trashed_at=None).update(trashed_at=None)
    return f"{tell(count)} back from the trash"


def add_tag(place: Membership, outputs: OutputQuerySet, name: str) -> str:
    """Tag them; a tag that there is not is made."""
    tag = find_tag(place, clean(name, 40))
    tag.outputs.add(*outputs)
    return f"“{tag}” for {tell(outputs.count())}"


def remove_tag(place: Membership, outputs: OutputQuerySet, name: str) -> str:
    """Take a tag off; one that nothing has any more is forgotten."""
    tag = Tag.objects.filter(workspace=place.workspace, name__iexact=name.strip()).first()
    if tag is None:
        raise SortingError(f"No tag is called “{name}”.")
    tag.outputs.remove(*outputs)
    if not tag.outputs.exists():
        tag.delete()
    return f"“{tag}” taken off"


def find_tag(place: Membership, name: str) -> Tag:
    tags = Tag.objects.filter(workspace=place.workspace)
    if tag := tags.filter(name__iexact=name).first():
        return tag
    if tags.count() >= MOST_TAGS:
        raise SortingError(f"{MOST_TAGS} tags are the most that a workspace can have.")
    try:
        with transaction.atomic():
            return Tag.objects.create(workspace=place.workspace, name=name)
    except IntegrityError:  # somebody made it at the same moment
        return tags.get(name__iexact=name)


def collect(place: Membership, outputs: OutputQuerySet, name: str) -> str:
    """Put them into a collection; one that there is not is made."""
    name = clean(name, 100)
    known = Collection.objects.filter(workspace=place.workspace, name__iexact=name).first()
    collection = known or Collection.objects.create(
        workspace=place.workspace, name=name, made_by_id=place.user_id
    )
    collection.outputs.add(*outputs)
    return f"{tell(outputs.count())} in “{collection}”"


def clean(name: str, longest: int) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise SortingError("Give it a name.")
    if len(name) > longest:
        raise SortingError(f"A name has {longest} characters at most.")
    return name


def tell(count: int) -> str:
    return f"{count} picture{'' if count == 1 else 's'}"
