"""Reads the next pair for a member, and stores their vote."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from playground.experiments.voting.pairs import Pair, choose_pair, count_pairs
from playground.experiments.voting.tables import (
    Contender,
    ContenderQuerySet,
    Verdict,
    Vote,
    Voting,
    name_pair,
)
from playground.runs.models import Output
from playground.teams.models import Membership


class NotCountedError(Exception):
    """The vote is not counted; the message has the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """The pair and the counts that a member sees.

    left, right  None if no pair is left
    mine         number of the member's votes
    votes        number of all votes
    voters       number of voters
    pairs        number of pairs for the member
    """

    left: Contender | None
    right: Contender | None
    mine: int
    votes: int
    voters: int
    pairs: int

    @property
    def sides(self) -> Sequence[tuple[str, str, Contender]]:
        """(verdict, letter, contender) of both pictures."""
        if self.left is None or self.right is None:
            return ()
        return ((Verdict.LEFT, "A", self.left), (Verdict.RIGHT, "B", self.right))

    @property
    def outputs(self) -> list[Output]:
        found = [each.output for _verdict, _letter, each in self.sides]
        return [each for each in found if each is not None]


def read_ballot(voting: Voting, membership: Membership) -> Ballot:
    """Return the next pair; it changes only when the member or others vote."""
    votable = read_votable(voting, membership)
    contenders = list(votable.order_by("pk").values_list("pk", flat=True))
    rows = list(voting.votes.values_list("left_id", "right_id", "voter_id"))
    mine = [(left, right) for left, right, voter in rows if voter == membership.user_id]
    pair = choose_pair(
        contenders,
        [(left, right) for left, right, _voter in rows],
        mine,
        seed=f"{voting.pk} {membership.user_id} {len(mine)}",
    )
    left, right = load(votable, pair) if pair else (None, None)
    return Ballot(
        left=left,
        right=right,
        mine=len(mine),
        votes=len(rows),
        voters=len({voter for _left, _right, voter in rows}),
        pairs=count_pairs(len(contenders)),
    )


def read_votable(voting: Voting, membership: Membership) -> ContenderQuerySet:
    return Contender.objects.visible_to(membership).votable().filter(voting=voting)


def load(votable: ContenderQuerySet, pair: Pair) -> tuple[Contender, Contender]:
    found = votable.select_related("output__file").in_bulk(pair)
    return found[pair[0]], found[pair[1]]


def cast(voting: Voting, membership: Membership, left: str, right: str, verdict: str) -> None:
    """Store a vote. Idempotent.

    Raises  NotCountedError
    """
    if verdict not in Verdict.values:
        raise NotCountedError(_("Choose a verdict on the pair."))
    sides = [int(each) if each.isdecimal() and len(each) <= 18 else 0 for each in (left, right)]  # noqa: PLR2004 - digits of an id
    found = read_votable(voting, membership).in_bulk(sides)
    if len(found) < 2:  # noqa: PLR2004 - a pair
        words = _(
            "A picture of this pair is not there any more, so this vote was not counted. Here is "
            "another pair."
        )
        raise NotCountedError(words)
    vote = Vote(
        voting=voting,
        voter_id=membership.user_id,
        left=found[sides[0]],
        right=found[sides[1]],
        pair=name_pair(*sides),
        verdict=verdict,
    )
    try:
        with transaction.atomic():
            vote.save(force_insert=True)
    except IntegrityError:
        explain_second(vote)


def explain_second(vote: Vote) -> None:
    """Ignore a repeated vote; raise NotCountedError for a different one on the same pair."""
    earlier = Vote.objects.filter(voting=vote.voting, voter=vote.voter_id, pair=vote.pair).first()
    if earlier is None:
        words = _("A picture of this pair was deleted meanwhile. Here is another pair.")
        raise NotCountedError(words)
    if winner_of(earlier) != winner_of(vote):
        raise NotCountedError(_("You have voted on this pair before; that vote counts."))


def winner_of(vote: Vote) -> int | str:
    sides = {Verdict.LEFT: vote.left_id, Verdict.RIGHT: vote.right_id}
    return sides.get(Verdict(vote.verdict), vote.verdict)
