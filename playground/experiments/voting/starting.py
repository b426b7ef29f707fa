"""Starts a voting on the pictures of an experiment, a collection or a selection.

Idempotent: a second call returns the same voting, with newer pictures added.
"""

import hashlib
import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from playground.experiments.models import Experiment
from playground.experiments.voting.tables import TITLE_CHARACTERS, Contender, Voting
from playground.gallery.models import Collection
from playground.runs.models import Output, OutputQuerySet
from playground.teams.models import Membership

FEWEST, MOST = 2, 500


class TooFewError(Exception):
    """There are fewer than two pictures; the message is for the user."""


def start_from_experiment(membership: Membership, experiment: Experiment) -> Voting:
    """Start a voting, or return the existing one. Raises TooFewError."""
    outputs = read_votable(membership).filter(run__cell__experiment=experiment)
    # With too many, first pictures of all cells come before second ones.
    taken = list(outputs.order_by("position", "run__cell__id")[:MOST])
    places = dict(experiment.cells.values_list("run_id", "place"))
    source = f"experiment:{experiment.pk}"
    return start(membership, source, experiment.title, taken, places=places, experiment=experiment)


def start_from_collection(membership: Membership, collection: Collection) -> Voting:
    """Start a voting, or return the existing one. Raises TooFewError."""
    outputs = read_votable(membership).filter(collections=collection)
    taken = list(outputs.order_by("-run__created_at", "position")[:MOST])
    return start(membership, f"collection:{collection.pk}", collection.name, taken)


def start_from_selection(membership: Membership, outputs: OutputQuerySet) -> Voting:
    """Start a voting, or return the existing one. Raises TooFewError."""
    taken = list(outputs.filter(trashed_at=None).select_related("run").order_by("pk")[:MOST])
    digest = hashlib.sha256(" ".join(str(each.pk) for each in taken).encode()).hexdigest()
    title = _("Selection")
    return start(membership, f"selection:{digest}", title, taken)


def read_votable(membership: Membership) -> OutputQuerySet:
    visible = Output.objects.visible_to(membership).select_related("run")
    return visible.filter(file__isnull=False, stored_at__isnull=False, trashed_at=None)


def start(
    membership: Membership,
    source: str,
    title: str,
    outputs: Sequence[Output],
    *,
    places: dict[uuid.UUID, str] | None = None,
    experiment: Experiment | None = None,
) -> Voting:
    if len(outputs) < FEWEST:
        raise TooFewError(_("To vote, at least two pictures are needed."))
    with transaction.atomic():
        voting, _made = Voting.objects.get_or_create(
            workspace=membership.workspace,
            source=source,
            defaults={
                "author_id": membership.user_id,
                "title": title[:TITLE_CHARACTERS],
                "experiment": experiment,
            },
        )
        add(voting, outputs, places or {})
    return voting


def add(voting: Voting, outputs: Iterable[Output], places: dict[uuid.UUID, str]) -> None:
    """Add pictures that are not contenders yet."""
    known = set(voting.contenders.values_list("output_id", flat=True))
    room = MOST - len(known)
    new = [each for each in outputs if each.pk not in known][: max(room, 0)]
    Contender.objects.bulk_create(
        [
            Contender(
                voting=voting,
                output=output,
                spec_id=output.run.spec_id,
                place=places.get(output.run_id, ""),
            )
            for output in new
        ],
        ignore_conflicts=True,  # a concurrent call added them
    )
