"""Bulk actions on pictures: stars, tags, collections, and the trash.

Each returns a message and the steps that undo it, for the pictures that it changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.gallery import names
from playground.gallery.filters import read_uuid
from playground.gallery.models import Collection, Tag
from playground.gallery.names import SortingError
from playground.runs.files import trash
from playground.runs.models import Output, OutputQuerySet
from playground.runs.pages.file_counts import FileCount, count_files, count_listed
from playground.teams.models import Membership

MOST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An action as a form sends it, such as "stars 3" or "untag best", and its pictures."""

    do: str
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """The result of an action.

    message  one sentence
    undo     the steps to undo it, in order; () if nothing changed, or it cannot be undone
    """

    message: str
    undo: tuple[Step, ...] = field(default=())


def make_steps(do: str, outputs: Iterable[Output]) -> tuple[Step, ...]:
    ids = tuple(str(output.pk) for output in outputs)
    return (Step(do=do, outputs=ids),) if ids else ()


def read_chosen(membership: Membership, ids: Sequence[str]) -> OutputQuerySet:
    """Return the outputs with these IDs that a person may see; invalid IDs are ignored.

    Raises  SortingError if none or too many are selected
    """
    wanted = {pk for text in ids if (pk := read_uuid(text))}
    if not wanted:
        raise SortingError(_("Select a picture first."))
    if len(wanted) > MOST:
        raise SortingError(_("Select at most %(count)d pictures at once.") % {"count": MOST})
    return Output.objects.visible_to(membership).filter(pk__in=wanted, file__isnull=False)


def with_kinds(outputs: OutputQuerySet, *columns: str) -> OutputQuerySet:
    """Load the IDs, what the files are, and these columns."""
    return outputs.select_related("file").only("pk", "file__kind", *columns)


def rate(outputs: OutputQuerySet, stars: str) -> ActionResult:
    if stars not in {"0", "1", "2", "3", "4", "5"}:
        raise SortingError(_("A rating is 0 to 5 stars."))
    before = list(with_kinds(outputs, "stars").order_by("stars"))
    outputs.update(stars=int(stars))
    undo: list[Step] = []
    for earlier, same in groupby(before, key=lambda output: output.stars):
        if earlier != int(stars):
            undo += make_steps(f"stars {earlier}", same)
    rating = ngettext("%(count)d star", "%(count)d stars", int(stars)) % {"count": int(stars)}
    message = _("Rated %(files)s %(rating)s")
    message %= {"files": count_listed(before), "rating": rating}
    return ActionResult(message=message, undo=tuple(undo))


def move_to_trash(outputs: OutputQuerySet) -> ActionResult:
    """Move outputs to the trash, which deletes them permanently after a while."""
    trashed = list(with_kinds(outputs.filter(trashed_at=None)))
    outputs.filter(pk__in=[each.pk for each in trashed]).update(trashed_at=timezone.now())
    message = _("Moved %(files)s to trash") % {"files": count_listed(trashed)}
    return ActionResult(message=message, undo=make_steps("restore", trashed))


def restore(outputs: OutputQuerySet) -> ActionResult:
    back = list(with_kinds(outputs.exclude(trashed_at=None)))
    outputs.filter(pk__in=[each.pk for each in back]).update(trashed_at=None)
    message = _("Restored %(files)s") % {"files": count_listed(back)}
    return ActionResult(message=message, undo=make_steps("trash", back))


def deletable(membership: Membership, outputs: OutputQuerySet) -> OutputQuerySet:
    """Return the trashed outputs that a person may delete permanently: their own; owners, all."""
    trashed = outputs.filter(trashed_at__isnull=False, file__isnull=False)
    return trashed if membership.is_owner else trashed.filter(run__author=membership.user_id)


def delete(membership: Membership, outputs: OutputQuerySet) -> ActionResult:
    """Delete outputs permanently, with their files, if they are in the trash and the member may."""
    found = deletable(membership, outputs)
    kind = count_files(found, MOST).kind
    deleted = FileCount(count=trash.delete_now(found), kind=kind)
    return ActionResult(message=_("Deleted %(files)s permanently") % {"files": deleted})


def add_tag(membership: Membership, outputs: OutputQuerySet, name: str) -> ActionResult:
    """Add a tag to outputs; create it if necessary."""
    tag = names.find_or_make_tag(membership, name)
    alike = Tag.objects.visible_to(membership).called(tag.name)
    new = list(outputs.exclude(tags__in=alike).only("pk"))
    tag.outputs.add(*new)
    delete_unused_tags([tag])
    message = _("Tagged %(files)s “%(tag)s”")
    message %= {"files": count_files(outputs, MOST), "tag": tag}
    return ActionResult(message=message, undo=make_steps(f"untag {tag}", new))


def remove_tag(membership: Membership, outputs: OutputQuerySet, name: str) -> ActionResult:
    """Remove a tag from outputs; delete it if it is unused then."""
    tags = names.find_tags(membership, name)
    tagged = list(outputs.filter(tags__in=tags).distinct().only("pk"))
    for tag in tags:
        tag.outputs.remove(*tagged)
    delete_unused_tags(tags)
    message = _("Removed the tag “%(tag)s”") % {"tag": tags[0]}
    return ActionResult(message=message, undo=make_steps(f"tag {tags[0]}", tagged))


def delete_unused_tags(tags: list[Tag]) -> None:
    for tag in tags:
        if not tag.outputs.exists():
            tag.delete()


def add_to_collection(membership: Membership, outputs: OutputQuerySet, word: str) -> ActionResult:
    """Add outputs to a collection; create it if necessary."""
    collection, undo = put_into(membership, outputs, word)
    message = _("Added %(files)s to “%(name)s”")
    message %= {"files": count_files(outputs, MOST), "name": collection}
    return ActionResult(message=message, undo=undo)


def put_into(
    membership: Membership, outputs: OutputQuerySet, word: str
) -> tuple[Collection, tuple[Step, ...]]:
    """Add outputs to a collection; return it and the undo steps."""
    collection = names.find_or_make_collection(membership, word)
    new = list(outputs.exclude(collections=collection).only("pk"))
    collection.outputs.add(*new)
    return collection, make_steps(f"uncollect {collection.pk}", new)


def remove_from_collection(
    membership: Membership, outputs: OutputQuerySet, word: str
) -> ActionResult:
    """Remove outputs from a collection, which is kept even if it is empty."""
    collection = names.find_collection(membership, word)
    if collection is None:
        unknown = _("There is no collection “%(name)s”.") % {"name": word}
        raise SortingError(names.COLLECTION_GONE if read_uuid(word) else unknown)
    taken = list(with_kinds(outputs.filter(collections=collection)))
    collection.outputs.remove(*taken)
    message = _("Removed %(files)s from “%(name)s”")
    message %= {"files": count_listed(taken), "name": collection}
    # Without its last picture, another person's collection is invisible, so use its name.
    is_seen = Collection.objects.visible_to(membership).filter(pk=collection.pk).exists()
    back = collection.pk if is_seen else collection.name
    return ActionResult(message=message, undo=make_steps(f"collect {back}", taken))


@transaction.atomic
def move_to_collection(
    membership: Membership, outputs: OutputQuerySet, word: str, away_from: str
) -> ActionResult:
    """Move outputs from one collection to another."""
    source = names.find_collection(membership, away_from)
    if source and source == names.find_collection(membership, word):
        raise SortingError(_("These pictures are already in that collection."))
    moved = count_files(outputs, MOST)
    collection, put = put_into(membership, outputs, word)
    taken = remove_from_collection(membership, outputs, away_from)
    message = _("Moved %(files)s to “%(name)s”") % {"files": moved, "name": collection}
    return ActionResult(message=message, undo=taken.undo + put)
