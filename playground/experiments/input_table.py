"""A table of the inputs of several runs, with differing words marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext as _

from playground.runs.files.uploads import UploadStore
from playground.runs.models import Run
from playground.runs.pages.family import are_texts, by_label
from playground.runs.pages.summary import InputLine, summarize
from playground.runs.pages.word_diff import WORD, DiffKind, walk_diff
from playground.teams.models import Membership

CONTEXT = 40  # characters displayed on each side of a marked word
NARROW_CONTEXT = 20  # the same for more columns than WIDE
WIDE = 3
LEAST_COMMON = 0.25  # share of the longest text; with less in common, nothing is marked
MOST_PLAIN = 120  # displayed characters of a text without marks

# (word, index in the first text); None for words that are not in it.
type PlacedWords = list[tuple[str, int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """A part of a text; marked if not all texts have it."""

    text: str
    is_marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCell:
    """An input of one run.

    line   None if the run does not have this input
    whole  its text in pieces, if texts are compared word by word; else ()
    short  the same, shortened to the context of marks
    """

    line: InputLine | None
    whole: tuple[TextPiece, ...] = ()
    short: tuple[TextPiece, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InputRow:
    """One input of all runs, in their order."""

    label: str
    cells: tuple[InputCell, ...]
    is_same: bool


def read_rows(runs: Sequence[Run], membership: Membership) -> list[InputRow]:
    """Return a row for the models, then one for each input of any run."""
    store = UploadStore(membership)
    read = {run.pk: by_label(tuple(list_lines(run, store))) for run in runs}
    keys = dict.fromkeys(key for lines in read.values() for key in lines)
    return [make_row(key[0], [read[run.pk].get(key) for run in runs]) for key in keys]


def list_lines(run: Run, store: UploadStore) -> Iterator[InputLine]:
    """Yield the lines of a run; prompts have the same label for all models."""
    yield InputLine(label=_("Model"), text=run.spec.shown_title)
    for line in summarize(run, store):
        yield replace(line, label=_("Prompt")) if line.is_prompt else line


def make_row(label: str, lines: Sequence[InputLine | None]) -> InputRow:
    is_same = all(line == lines[0] for line in lines)
    given = [line for line in lines if line is not None]
    cells = [InputCell(line=line) for line in lines]
    if not is_same and all(are_texts(given[0], other) for other in given):
        context = CONTEXT if len(lines) <= WIDE else NARROW_CONTEXT
        marked = iter(mark_words([line.text for line in given]))
        cells = [
            InputCell(line=line, whole=(pieces := next(marked)), short=shorten(pieces, context))
            if line
            else InputCell(line=None)
            for line in lines
        ]
    return InputRow(label=label, cells=tuple(cells), is_same=is_same)


def mark_words(texts: Sequence[str]) -> list[tuple[TextPiece, ...]]:
    """Split texts into pieces; words outside of their common subsequence are marked.

    Nothing is marked in texts with little in common.
    """
    first = WORD.findall(texts[0])
    others = [align(first, WORD.findall(text)) for text in texts[1:]]
    common = set(range(len(first)))
    for words in others:
        common &= {place for _word, place in words if place is not None}
    if sum(len(first[place]) for place in common) < LEAST_COMMON * max(map(len, texts)):
        return [(TextPiece(text=text),) for text in texts]
    own: PlacedWords = [(word, place) for place, word in enumerate(first)]
    return [join_words(words, common) for words in (own, *others)]


def align(first: list[str], other: list[str]) -> PlacedWords:
    """Return (word, index in `first` or None) of the words of `other`."""
    aligned: PlacedWords = []
    place = 0
    for piece in walk_diff(first, other):
        if piece.fate == DiffKind.SAME:
            aligned.append((piece.text, place))
            place += 1
        elif piece.fate == DiffKind.GONE:
            place += len(WORD.findall(piece.text))
        else:
            aligned += [(word, None) for word in WORD.findall(piece.text)]
    return aligned


def join_words(words: PlacedWords, common: set[int]) -> tuple[TextPiece, ...]:
    """Join adjacent words with the same mark; marks do not end with a space."""
    pieces: list[TextPiece] = []
    space = ""
    for is_marked, group in groupby(words, key=lambda each: each[1] not in common):
        text = space + "".join(word for word, _ in group)
        bare = text.rstrip() if is_marked else text
        space = text[len(bare) :]
        pieces.append(TextPiece(text=bare, is_marked=is_marked))
    return tuple([*pieces, TextPiece(text=space)] if space else pieces)


def shorten(pieces: tuple[TextPiece, ...], context: int) -> tuple[TextPiece, ...]:
    """Keep the context of marked words; of a text without marks the beginning."""
    last = len(pieces) - 1
    if not last and not pieces[0].is_marked:
        return (TextPiece(text=cut(pieces[0].text, begin=MOST_PLAIN)),)
    return tuple(
        piece
        if piece.is_marked
        else TextPiece(
            text=cut(piece.text, begin=context if at else 0, end=context if at < last else 0)
        )
        for at, piece in enumerate(pieces)
    )


def cut(text: str, *, begin: int, end: int = 0) -> str:
    """Return the beginning and the end of a text, up to these lengths, in whole words."""
    if len(text) <= begin + end:
        return text
    words = WORD.findall(text)
    head = take(words, begin).rstrip() if begin else ""
    tail = take(words[::-1], end, backwards=True) if end else ""
    return f"{head}… {tail}"


def take(words: Sequence[str], most: int, *, backwards: bool = False) -> str:
    """Return the first words with at most `most` characters; a longer single word is cut."""
    taken: list[str] = []
    left = most
    for word in words:
        if len(word) > left:
            break
        taken.append(word)
        left -= len(word)
    if not taken and words:
        taken = [words[0][-most:] if backwards else words[0][:most]]
    return "".join(taken[::-1] if backwards else taken)
