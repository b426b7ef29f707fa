"""Chooses the next pair for a voter. Pure: no table, no request."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence

type Pair = tuple[int, int]


def as_pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def choose_pair(
    contenders: Sequence[int], votes: Iterable[Pair], mine: Iterable[Pair], *, seed: str
) -> Pair | None:
    """Return (left, right) contender; None if the voter has judged all pairs.

    The first is the least compared one. The other is the least compared of those that the voter has
    not judged with it, preferring the pair with the fewest votes. Ties and sides are random.

    votes  pairs of all votes
    mine   pairs of the voter's votes
    seed   makes the choice reproducible, so that a reload shows the same pair
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    pairs = Counter(as_pair(*each) for each in votes)
    compared: Counter[int] = Counter()
    for pair, count in pairs.items():
        compared[pair[0]] += count
        compared[pair[1]] += count
    judged = {as_pair(*each) for each in mine}
    shuffled = chance.sample(list(contenders), len(contenders))
    for first in sorted(shuffled, key=lambda each: compared[each]):
        left = [each for each in shuffled if each != first and as_pair(first, each) not in judged]
        if left:
            other = min(left, key=lambda each: (compared[each], pairs[as_pair(first, each)]))
            return (first, other) if chance.random() < 0.5 else (other, first)  # noqa: PLR2004
    return None


def count_pairs(contenders: int) -> int:
    return contenders * (contenders - 1) // 2
