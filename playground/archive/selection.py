"""The pictures to download: those that were chosen, or all that the filters find."""

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
    """Nothing can be taken away so; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Outputs that one person takes away, the newest first.

    Only their ids are read at first: what is sent for minutes must neither fill memory nor hold
    the database, so the rest comes a few at a time.
    """

    membership: Membership
    ids: tuple[uuid.UUID, ...]

    def read(self) -> Iterator[Output]:
        """Yield each output with its related rows; outputs that became invisible are skipped."""
        visible = Output.objects.visible_to(self.membership).filter(file__isnull=False)
        loaded = visible.select_related(
            "run__spec", "run__author", "run__api_key", "file"
        ).prefetch_related("tags", "collections")
        loaded = loaded.defer("run__api_key__secret", "run__ticket_answer", "run__task_answer")
        for batch in batched(self.ids, BATCH):
            found = {output.pk: output for output in loaded.filter(pk__in=batch)}
            yield from (found[pk] for pk in batch if pk in found)


def read_chosen(membership: Membership, texts: Sequence[str], *, most: int) -> Selection:
    """Return those of these outputs that a person sees; ids that are none are passed over.

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
    """Return the outputs that the filters find.

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
