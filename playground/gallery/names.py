"""Finds, creates and renames the tags and collections that a member may see.

Private names of others do not exist for the member: they are not found, do not reserve a name and
do not count.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from playground.gallery.filters import read_uuid
from playground.gallery.models import Collection, Tag
from playground.teams.models import Membership, Workspace

MOST_TAGS = 200
LONGEST = {Collection: 100, Tag: 40}
COLLECTION_GONE = gettext_lazy("This collection no longer exists.")


class SortingError(Exception):
    """The action is not possible; the message says why."""


def clean(name: str, longest: int) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise SortingError(_("Enter a name."))
    if len(name) > longest:
        raise SortingError(_("A name can have at most %(count)d characters.") % {"count": longest})
    return name


@contextmanager
def one_at_a_time(membership: Membership) -> Iterator[None]:
    """Lock the naming of tags and collections in the workspace, so that names are not used twice.

    A unique constraint is not possible: which names are taken depends on the person.
    """
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=membership.workspace_id)
        yield


def find_or_make_tag(membership: Membership, name: str) -> Tag:
    """Raises SortingError."""
    name = clean(name, LONGEST[Tag])
    with one_at_a_time(membership):
        tags = Tag.objects.visible_to(membership)
        tag: Tag | None = tags.called(name).first()
        if tag is None and tags.count() >= MOST_TAGS:
            raise SortingError(
                _("A workspace can have at most %(count)d tags.") % {"count": MOST_TAGS}
            )
        return tag or Tag.objects.create(
            workspace=membership.workspace, name=name, made_by_id=membership.user_id
        )


def find_tags(membership: Membership, name: str) -> list[Tag]:
    """Return the visible tags with a name; several if they were created separately.

    Raises  SortingError if there is none
    """
    found = list(Tag.objects.visible_to(membership).called(" ".join(name.split())))
    if not found:
        raise SortingError(_("There is no tag “%(name)s”.") % {"name": name})
    return found


def find_collection(membership: Membership, word: str) -> Collection | None:
    """Return a collection by ID or name; the member's own before others'."""
    seen = Collection.objects.visible_to(membership)
    if pk := read_uuid(word):
        found: Collection | None = seen.filter(pk=pk).first()
        return found
    named = list(seen.called(" ".join(word.split())))
    return min(named, key=lambda each: each.made_by_id != membership.user_id, default=None)


def find_or_make_collection(membership: Membership, word: str) -> Collection:
    """Raises SortingError."""
    name = clean(word, LONGEST[Collection])
    with one_at_a_time(membership):
        if known := find_collection(membership, name):
            return known
        if read_uuid(name):
            raise SortingError(COLLECTION_GONE)
        return Collection.objects.create(
            workspace=membership.workspace, name=name, made_by_id=membership.user_id
        )


def make_collection(membership: Membership, name: str) -> Collection:
    """Create an empty collection. Raises SortingError, also if the name is taken."""
    name = clean(name, LONGEST[Collection])
    with one_at_a_time(membership):
        check_name_free(membership, Collection, name)
        return Collection.objects.create(
            workspace=membership.workspace, name=name, made_by_id=membership.user_id
        )


def rename(membership: Membership, things: list[Collection] | list[Tag], name: str) -> str:
    """Rename a collection, or all tags of one name; return the new name. Raises SortingError."""
    table = type(things[0])
    name = clean(name, LONGEST[table])
    with one_at_a_time(membership):
        check_name_free(membership, table, name, *things)
        table.objects.filter(pk__in=[each.pk for each in things]).update(name=name)
    return name


def check_name_free(
    membership: Membership, table: type[Collection] | type[Tag], name: str, *but: Collection | Tag
) -> None:
    """Raises SortingError if another visible one has the name."""
    others = (
        table.objects.visible_to(membership).called(name).exclude(pk__in=[each.pk for each in but])
    )
    if others.exists():
        raise SortingError(_("“%(name)s” already exists.") % {"name": name})
