"""The pictures to download: the selected ones, or all that match the filters."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched

from django.utils.translation import gettext as _

from playground.gallery.filters import Filters, find_outputs, read_uuid
from playground.gallery.pages import NEWEST_FIRST
from playground.runs.models import Output, OutputQuerySet
from playground.teams.models import Membership

BATCH = 50


class SelectionError(Exception):
    """The download is not possible; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """The outputs that a person downloads, newest first.

    Only their IDs are read at first. The rest is read in batches, because a download takes minutes
    and must not fill memory or hold the database.
    """

    membership: Membership
    ids: tuple[uuid.UUID, ...]

    def read(self) -> Iterator[Output]:
        """Yield each output with its related rows; skips outputs that are no longer visible."""
        visible = Output.objects.visible_to(self.membership).filter(file__isnull=False)
        loaded = visible.select_related(
            "run__spec", "run__author", "run__api_key", "file"
        ).prefetch_related("tags", "collections")
        loaded = loaded.defer("run__api_key__secret", "run__ticket_answer", "run__task_answer")
        for batch in batched(self.ids, BATCH):
            found = {output.pk: output for output in loaded.filter(pk__in=batch)}
            yield from (found[pk] for pk in batch if pk in found)


def read_chosen(membership: Membership, texts: Sequence[str], *, most: int) -> Selection:
    """Return the outputs with these IDs that a person may see; invalid IDs are ignored.

    Raises  SelectionError
    """
    wanted = {pk for text in texts if (pk := read_uuid(text))}
    check_count(len(wanted), most, _("Select a picture first."))
    visible = Output.objects.visible_in_order(membership).filter(file__isnull=False, pk__in=wanted)
    ids = tuple(visible.order_by(*NEWEST_FIRST).values_list("pk", flat=True))
    if not ids:
        raise SelectionError(_("These pictures no longer exist."))
    return Selection(membership=membership, ids=ids)


def read_found(membership: Membership, filters: Filters, *, most: int) -> Selection:
    """Return the outputs that match the filters.

    Raises  SelectionError
    """
    outputs: OutputQuerySet = find_outputs(membership, filters)
    ids = list(outputs.order_by(*NEWEST_FIRST).values_list("pk", flat=True)[: most + 1])
    check_count(len(ids), most, _("No pictures match, so there is nothing to download."))
    return Selection(membership=membership, ids=tuple(ids))


def check_count(count: int, most: int, if_none: str) -> None:
    if not count:
        raise SelectionError(if_none)
    if count > most:
        raise SelectionError(
            _("At most %(most)s pictures can be downloaded at once. Narrow the filters first.")
            % {"most": f"{most:,}"}
        )
