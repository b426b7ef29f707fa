"""Win rates and Bradley-Terry strengths from votes. Pure: no table, no request."""

import math
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Z = 1.96  # z-score of a 95 % interval
MIDDLE, SPREAD = 1_000, 400  # Elo scale: 400 points more is ten wins to one
ROUNDS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A vote on two different values.

    won  1 if the left one won, 0 if the right one, 0.5 for a tie
    """

    left: Hashable
    right: Hashable
    won: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The result of one value.

    wins, ties  of `count` comparisons with others
    strength    Bradley-Terry model on the Elo scale: 1,000 is the average, 400 more is preferred
          ten times out of eleven
    """

    count: int
    wins: int
    ties: int
    strength: int

    @property
    def rate(self) -> float:
        return (self.wins + self.ties / 2) / self.count

    @property
    def percent(self) -> int:
        return round(100 * self.rate)

    @property
    def interval(self) -> tuple[int, int]:
        """The Wilson 95 % confidence interval of the win rate, in percent."""
        n, rate = self.count, self.rate
        centre = rate + Z * Z / (2 * n)
        spread = Z * math.sqrt(rate * (1 - rate) / n + Z * Z / (4 * n * n))
        whole = 1 + Z * Z / n
        low, high = (centre - spread) / whole, (centre + spread) / whole
        return round(100 * max(low, 0)), round(100 * min(high, 1))

    @property
    def low(self) -> int:
        return self.interval[0]

    @property
    def high(self) -> int:
        return self.interval[1]

    @property
    def width(self) -> int:
        """Width of the interval, drawn 100 wide."""
        return max(self.high - self.low, 1)

    @property
    def mark(self) -> int:
        """Start of the mark of the rate, drawn 2 wide."""
        return max(min(self.percent - 1, 98), 0)


def rank(matches: Sequence[Match]) -> dict[Hashable, Standing]:
    """Return {value: standing}, the strongest first."""
    if not matches:
        return {}
    count, wins, ties = Counter[Hashable](), Counter[Hashable](), Counter[Hashable]()
    for match in matches:
        for side, won in ((match.left, match.won), (match.right, 1 - match.won)):
            count[side] += 1
            wins[side] += won == 1
            ties[side] += 0 < won < 1
    strengths = measure(matches)
    standings = {
        each: Standing(
            count=count[each], wins=wins[each], ties=ties[each], strength=strengths[each]
        )
        for each in count
    }
    ordered = sorted(standings.items(), key=lambda each: (-each[1].strength, -each[1].rate))
    return dict(ordered)


def measure(matches: Sequence[Match]) -> Mapping[Hashable, int]:
    """Return {value: strength}.

    Each gets an additional tie with an average opponent (regularisation): otherwise values that
    never lost would be infinitely strong, and unconnected ones could not be ranked.
    """
    # Imported on use: with numpy and pandas it takes 0.3 s and 40 MB.
    from evalica import Winner, bradley_terry  # noqa: PLC0415

    things = list(dict.fromkeys(side for each in matches for side in (each.left, each.right)))
    number = {thing: at for at, thing in enumerate(things)}
    average = len(things)
    winners = {1: Winner.X, 0: Winner.Y, 0.5: Winner.Draw}
    result = bradley_terry(
        [*(number[each.left] for each in matches), *range(average)],
        [*(number[each.right] for each in matches), *[average] * average],
        [*(winners[each.won] for each in matches), *[Winner.Draw] * average],
        limit=ROUNDS,
    )
    scores = result.scores
    middle = float(scores[average])
    return {
        thing: round(MIDDLE + SPREAD * math.log10(float(scores[at]) / middle))
        for thing, at in number.items()
    }
