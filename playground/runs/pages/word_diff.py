"""Compares two texts word by word; Chinese and similar text by character."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby, takewhile

# Tokens: words with trailing spaces; single characters in scripts without spaces (kana, CJK, Thai).
UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = re.compile(rf"[{UNSPACED}]\s*|(?:(?![{UNSPACED}])\w)+\s*|[^\w\s]\s*|\s+")

# Limit of compared word pairs (quadratic), a tenth of a second. In longer texts, everything between
# the first and the last change is one segment.
MOST_PAIRS = 250_000


class DiffKind(StrEnum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class DiffSegment:
    """A segment of a diff: kept, added or removed text."""

    fate: DiffKind
    text: str


def diff_words(old: str, new: str) -> tuple[DiffSegment, ...]:
    """Return the diff segments of two texts in reading order.

    Kept and removed segments are the old text, kept and added ones the new text, except that
    differences in spaces are ignored and taken from the new text.
    """
    pieces = walk_diff(WORD.findall(old), WORD.findall(new))
    return tuple(
        DiffSegment(fate, "".join(piece.text for piece in group))
        for fate, group in groupby(pieces, key=lambda piece: piece.fate)
    )


def walk_diff(old: list[str], new: list[str]) -> Iterator[DiffSegment]:
    head = count_same(old, new)
    tail = count_same(old[head:][::-1], new[head:][::-1])
    middle = slice(head, len(old) - tail), slice(head, len(new) - tail)
    yield from same(new[:head])
    yield from walk_changed(old[middle[0]], new[middle[1]])
    yield from same(new[len(new) - tail :])


def count_same(old: list[str], new: list[str]) -> int:
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: is_same(*pair), pairs))


def is_same(old: str, new: str) -> bool:
    return old.strip() == new.strip()


def same(words: list[str]) -> Iterator[DiffSegment]:
    return (DiffSegment(DiffKind.SAME, word) for word in words)


def walk_changed(old: list[str], new: list[str]) -> Iterator[DiffSegment]:
    if len(old) * len(new) > MOST_PAIRS:
        yield DiffSegment(DiffKind.GONE, "".join(old))
        yield DiffSegment(DiffKind.NEW, "".join(new))
        return
    kept = count_kept(old, new)
    at, there = 0, 0
    while at < len(old) or there < len(new):
        if at < len(old) and there < len(new) and is_same(old[at], new[there]):
            yield DiffSegment(DiffKind.SAME, new[there])
            at, there = at + 1, there + 1
        elif there == len(new) or (at < len(old) and kept[at + 1][there] >= kept[at][there + 1]):
            yield DiffSegment(DiffKind.GONE, old[at])
            at += 1
        else:
            yield DiffSegment(DiffKind.NEW, new[there])
            there += 1


def count_kept(old: list[str], new: list[str]) -> list[list[int]]:
    """Return the lengths of the longest common subsequences of all suffixes."""
    words = [word.strip() for word in new]
    kept = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for at in range(len(old) - 1, -1, -1):
        row, below, word = kept[at], kept[at + 1], old[at].strip()
        for there in range(len(new) - 1, -1, -1):
            if word == words[there]:
                row[there] = below[there + 1] + 1
            else:
                row[there] = max(below[there], row[there + 1])
    return kept
