"""Which pair a person is shown next. Pure: no table, no request."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence

type Pair = tuple[int, int]


def as_pair(one: int, other: int) -> Pair:
    return min(one, other), max(one, other)


def choose_pair(
    contenders: Sequence[int], votes: Iterable[Pair], mine: Iterable[Pair], *, seed: str
) -> Pair | None:
    """Return a left and a right contender; None where this person has judged all pairs.

    The first is one that was compared least. The other is compared least of those that this person
    has not judged beside it, and of these one that the fewest people have. Chance decides between
    equals, and about the sides.

    votes  the pairs of all votes
    mine   those that this person has judged
    seed   the same gives the same pair, so that a page that is loaded again shows it again
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
