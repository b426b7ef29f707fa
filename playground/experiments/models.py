"""Tables: experiments, their cells with runs, and waiting cells."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from playground.catalog.models import ModelSpec
from playground.columns import AmountField, OrderedJSONField
from playground.experiments.axes import Axis, read_axis
from playground.experiments.voting.tables import (  # noqa: F401 - Django finds its tables here
    Voting,
)
from playground.runs.models import Run
from playground.teams.models import Membership, Workspace

TITLE_CHARACTERS = 120


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def visible_to(self, membership: Membership) -> Self:
        """Return the experiments that a member may see: their own, and those with a shared run."""
        shared = Cell.objects.filter(experiment=OuterRef("pk"), run__is_shared=True)
        seen = Q(author=membership.user_id) | Exists(shared)
        return self.filter(seen, workspace=membership.workspace_id)

    def with_waiting(self) -> Self:
        """Add `has_waiting`: whether there are cells that have no run yet."""
        waiting = WaitingCell.objects.filter(experiment=OuterRef("pk"))
        return self.annotate(has_waiting=Exists(waiting))


class Experiment(models.Model):
    """Runs that differ only in some inputs.

    inputs  the shared inputs, with variables in their texts
    axes the axes, as `Axis.document`
    spec the model of the shared inputs; cells may have others
    settings  "values": values of the variables; "models": {slug: {pointer: value}} of fields that
           only one model has. Empty in rows of earlier versions
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, models.CASCADE, related_name="experiments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="experiments")
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="experiments")
    title = models.CharField(max_length=TITLE_CHARACTERS)
    inputs = OrderedJSONField()
    axes = OrderedJSONField()
    settings = OrderedJSONField(default=dict, db_default={})
    submission_token = models.UUIDField(unique=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-created_at"], name="experiment_newest")]

    def __str__(self) -> str:
        return f"Experiment {self.pk}"  # no user input, as it may be logged

    def get_absolute_url(self) -> str:
        return reverse("experiment", args=[self.pk])

    def read_axes(self) -> tuple[Axis, ...]:
        return tuple(read_axis(each) for each in self.axes)

    def read_values(self) -> dict[str, Any]:
        """Return the values of the variables in its texts, as they were entered."""
        if "values" in self.settings:
            return dict(self.settings["values"])
        cell = self.cells.select_related("run").first()
        return dict(cell.run.template.get("values", {})) if cell else {}

    def can_be_extended_by(self, membership: Membership) -> bool:
        """Return whether a member sees all of it, because an extension uses all inputs."""
        if self.author_id == membership.user_id:
            return True
        waiting = self.waiting.filter(is_shared=False).exclude(author=membership.user_id)
        begun = self.cells.filter(run__is_shared=False).exclude(run__author=membership.user_id)
        return not waiting.exists() and not begun.exists()


class Cell(models.Model):
    """One combination of values and its run, the latest if it was retried.

    place  coordinates, "0-3": the index of its value on each axis
    """

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="cells")
    place = models.CharField(max_length=60)
    run = models.OneToOneField(Run, models.CASCADE, related_name="cell")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experiment", "place"], name="cell_once"),
        ]

    def __str__(self) -> str:
        return f"Cell {self.place} of experiment {self.experiment_id}"

    @property
    def coordinates(self) -> tuple[int, ...]:
        return read_place(self.place)


class WaitReason(models.TextChoices):
    """Why a waiting cell is not started automatically, even if the budget has room."""

    RETIRED = "retired", _("the model was retired")
    CHANGED = "changed", _("its inputs cannot be sent any more")
    DEARER = "dearer", _("it costs more than was agreed")
    LEFT = "left", _("who started it no longer generates here")


class WaitingCellQuerySet(models.QuerySet["WaitingCell"]):
    def visible_to(self, membership: Membership) -> Self:
        return self.filter(Q(is_shared=True) | Q(author=membership.user_id))


class WaitingCell(models.Model):
    """A combination of values that waits for a budget.

    author     the member who started it, whose budgets are charged
    cost_most  maximum cost as displayed to the author; None if unknown
    token      submission token of the future run
    reason     why it waits for a user; "" if only for a budget
    """

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="waiting")
    place = models.CharField(max_length=60)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    spec = models.ForeignKey(ModelSpec, models.PROTECT, related_name="+")
    inputs = OrderedJSONField()
    template = OrderedJSONField(default=dict, db_default={})
    is_shared = models.BooleanField()
    cost_most = AmountField(null=True)
    token = models.UUIDField(unique=True)
    reason = models.CharField(max_length=20, choices=WaitReason, blank=True, default="")

    objects = WaitingCellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experiment", "place"], name="waiting_cell_once"),
        ]

    def __str__(self) -> str:
        return f"Waiting cell {self.place} of experiment {self.experiment_id}"


def write_place(coordinates: Any) -> str:
    return "-".join(map(str, coordinates))


def read_place(place: str) -> tuple[int, ...]:
    return tuple(int(each) for each in place.split("-")) if place else ()
