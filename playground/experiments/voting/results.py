"""The results of a voting: by picture, by model, and by each varied value.

Only visible pictures and their values are shown; votes on others are counted too.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from playground.catalog.models import ModelSpec, form_of
from playground.experiments.axes import AxisKind
from playground.experiments.axis_fields import describe_axis
from playground.experiments.input_table import list_lines
from playground.experiments.models import read_place
from playground.experiments.voting import scores
from playground.experiments.voting.scores import Match, Standing
from playground.experiments.voting.tables import Contender, NamedVoter, Verdict, Vote, Voting
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Output
from playground.runs.pages.family import by_label
from playground.teams.models import Membership

BEST = 12  # pictures that are shown
LONGEST_LABEL = 200
WON = {Verdict.LEFT: 1, Verdict.RIGHT: 0, Verdict.BOTH: 0.5, Verdict.NEITHER: 0.5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A value and its standing; None if it was never compared."""

    label: str
    standing: Standing | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The standings of the values of one varied input."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results of a voting as visible to one member."""

    voting: Voting
    membership: Membership

    @cached_property
    def contenders(self) -> dict[int, Contender]:
        return {each.pk: each for each in self.voting.contenders.all()}

    @cached_property
    def seen(self) -> dict[int, Contender]:
        """{id: contender} of those whose pictures are visible."""
        visible = Contender.objects.visible_to(self.membership).filter(voting=self.voting)
        return {
            each.pk: each for each in visible.select_related("output__run__spec", "output__file")
        }

    @cached_property
    def votes(self) -> list[Vote]:
        return list(self.voting.votes.select_related("voter").order_by("created_at", "pk"))

    @cached_property
    def named(self) -> set[int]:
        """The ids of voters who consented to be named."""
        named = NamedVoter.objects.filter(voting=self.voting).values_list("voter_id", flat=True)
        return {*named}

    @property
    def is_named(self) -> bool:
        return self.membership.user_id in self.named

    @property
    def voters(self) -> int:
        return len({vote.voter_id for vote in self.votes})

    @property
    def named_voters(self) -> list[str]:
        names = {
            vote.voter_id: vote.voter.get_username()
            for vote in self.votes
            if vote.voter_id in self.named
        }
        return sorted(names.values())

    @cached_property
    def labels(self) -> dict[str, dict[int, str]]:
        """{varied input: {contender id: value}}."""
        specs = ModelSpec.objects.in_bulk({each.spec_id for each in self.contenders.values()})
        titles = {pk: spec.shown_title for pk, spec in specs.items()}
        models = {pk: titles[each.spec_id] for pk, each in self.contenders.items()}
        differing = self.axis_labels if self.voting.experiment else self.input_labels
        return {_("Model"): models} | differing

    @property
    def axis_labels(self) -> dict[str, dict[int, str]]:
        experiment = self.voting.experiment
        if experiment is None:
            return {}
        form = form_of(experiment.spec_id)
        axes = [describe_axis(each, form) for each in experiment.read_axes()]
        found: dict[str, dict[int, str]] = {axis.title: {} for axis in axes}
        for pk, contender in self.contenders.items():
            for axis, at in zip(axes, read_place(contender.place), strict=False):
                if at < len(axis.values):
                    found[axis.title][pk] = axis.values[at].label
        # The first table of all is by model.
        return {axis.title: found[axis.title] for axis in axes if axis.kind != AxisKind.MODEL}

    @property
    def input_labels(self) -> dict[str, dict[int, str]]:
        """The labels of varied inputs, without inputs that differ in every run."""
        store = UploadStore(self.membership)
        runs = {each.output.run_id: each.output.run for each in self.seen.values() if each.output}
        texts: dict[str, dict[uuid.UUID, str]] = {}
        for pk, run in runs.items():
            lines = by_label(tuple(list_lines(run, store)))
            for line in list(lines.values())[1:]:  # the first is the model
                if line.text:
                    texts.setdefault(line.label, {})[pk] = line.text
        return {
            label: {
                pk: of_runs[each.output.run_id]
                for pk, each in self.seen.items()
                if each.output and each.output.run_id in of_runs
            }
            for label, of_runs in texts.items()
            if 1 < len({*of_runs.values()}) < max(len(runs), 3)
        }

    @property
    def tables(self) -> list[Table]:
        """The tables by model and by varied input, with at least two values."""
        made = (self.make_table(title, labels) for title, labels in self.labels.items())
        return [table for table in made if len(table.lines) > 1]

    def make_table(self, title: str, labels: Mapping[int, str]) -> Table:
        matches = [
            Match(
                left=labels[vote.left_id],
                right=labels[vote.right_id],
                won=WON[Verdict(vote.verdict)],
            )
            for vote in self.votes
            if vote.left_id in labels and vote.right_id in labels
        ]
        standings = scores.rank([each for each in matches if each.left != each.right])
        visible = dict.fromkeys(labels[pk] for pk in self.seen if pk in labels)
        ranked = [*(each for each in standings if each in visible), *visible]
        return Table(
            title=title,
            lines=tuple(
                Line(label=str(each)[:LONGEST_LABEL], standing=standings.get(each))
                for each in dict.fromkeys(ranked)
            ),
        )

    @cached_property
    def standings(self) -> dict[int, Standing]:
        """{contender id: standing} of the compared pictures, the strongest first."""
        matches = [
            Match(left=vote.left_id, right=vote.right_id, won=WON[Verdict(vote.verdict)])
            for vote in self.votes
        ]
        return {pk: each for pk, each in scores.rank(matches).items() if isinstance(pk, int)}

    @property
    def best(self) -> list[tuple[Output, Standing]]:
        """The strongest visible pictures."""
        found = (
            (self.seen[pk].output, standing)
            for pk, standing in self.standings.items()
            if pk in self.seen
        )
        shown = [(output, standing) for output, standing in found if output and is_shown(output)]
        return shown[:BEST]


def is_shown(output: Output) -> bool:
    return output.trashed_at is None and output.file is not None


def set_named(voting: Voting, membership: Membership, *, is_named: bool) -> None:
    """Set whether the votes of a member are shown with their name."""
    mine = NamedVoter.objects.filter(voting=voting, voter=membership.user_id)
    if is_named:
        NamedVoter.objects.get_or_create(voting=voting, voter_id=membership.user_id)
    else:
        mine.delete()
