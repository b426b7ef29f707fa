"""The experiment of a sample workspace: a grid with a run of each status, and two waiting cells."""

import itertools
import uuid
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from playground.experiments.axes import Axis, AxisKind, AxisValue
from playground.experiments.models import (
    Cell,
    Experiment,
    WaitingCell,
    WaitReason,
    write_place,
)
from playground.experiments.voting import starting
from playground.experiments.voting.tables import NamedVoter, Verdict, Vote, Voting, name_pair

if TYPE_CHECKING:
    from tests.browser.sample_workspaces import Maker

SIZES = ("1:1", "16:9", "3:4", "21:9", "2:3")
REPEATS = 2
# The cells row by row, each with its two repetitions; cells that are left out have no run.
STATES: tuple[dict[str, Any], ...] = (
    {"status": "succeeded", "pictures": 1},
    {"status": "succeeded", "pictures": 1},
    {"status": "succeeded", "pictures": 4},
    {"status": "cancelled"},
    {"status": "failed", "problem": "declined"},
    {"status": "failed", "problem": "out_of_funds"},
    {"status": "processing"},
    {"status": "processing"},
    {"status": "queued"},
    {"status": "succeeded", "videos": 1},
    {"status": "pending", "problem": "throttled"},
    {"status": "pending"},
    {"status": "succeeded", "stored_at": None},
    {"status": "succeeded", "pictures": 1, "pixels": (2400, 1000)},
    {"status": "cancelled"},
    {"status": "pending"},
    {"status": "processing", "set_aside_at": timezone.now},
)


def make_experiment(maker: "Maker") -> Experiment:
    """Make an experiment with axes for sizes, prompts and repetitions."""
    prompts = (maker.names.prompt, "another")
    axes = (
        make_axis(AxisKind.FIELD, "/size", "Aspect ratio", SIZES),
        make_axis(AxisKind.FIELD, "/prompt", "Prompt", prompts),
        make_axis(AxisKind.REPEAT, "", "Repeat", range(1, REPEATS + 1)),
    )
    experiment = Experiment.objects.create(
        workspace=maker.workspace, author=maker.author, spec=maker.spec,
        title=maker.names.prompt[:120], inputs={"prompt": maker.names.prompt},
        axes=[axis.document for axis in axes],
    )  # fmt: skip
    places = list(itertools.product(*(range(len(axis.values)) for axis in axes)))
    for place, reason in zip(places[-2:], ("retired", "dearer"), strict=True):
        WaitingCell.objects.create(
            experiment=experiment, place=write_place(place), author=maker.author, spec=maker.spec,
            inputs={}, is_shared=True, token=uuid.uuid4(), reason=WaitReason(reason),
        )  # fmt: skip
    for place, state in zip(places, STATES, strict=False):
        size, prompt, _ = place
        facts = {name: each() if callable(each) else each for name, each in state.items()}
        run = maker.run(**facts, prompt=prompts[prompt], size=SIZES[size])
        Cell.objects.create(experiment=experiment, place=write_place(place), run=run)
    return experiment


def make_axis(kind: AxisKind, name: str, title: str, values: Any) -> Axis:
    kept = tuple(AxisValue(value=each, label=str(each)[:500]) for each in values)
    return Axis(kind=kind, name=name, title=title, values=kept)


def make_voting(maker: "Maker", experiment: Experiment) -> Voting:
    """Make a vote on the outputs of an experiment, with all verdicts and open pairs."""
    membership = maker.workspace.memberships.get(user=maker.author)
    voting = starting.start_from_experiment(membership, experiment)
    contenders = list(voting.contenders.order_by("pk"))
    pairs = itertools.combinations(contenders, 2)
    verdicts = itertools.cycle(Verdict)
    for (left, right), verdict in zip(itertools.islice(pairs, 7), verdicts, strict=False):
        Vote.objects.create(
            voting=voting, voter=maker.author, left=left, right=right, verdict=verdict,
            pair=name_pair(left.pk, right.pk),
        )  # fmt: skip
    NamedVoter.objects.create(voting=voting, voter=maker.author)
    return voting
