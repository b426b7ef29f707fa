"""Reads the outputs of a comparison, and lays them out."""

import math
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from playground.gallery import pages
from playground.gallery.filters import read_uuid
from playground.runs.models import MediaKind, Output
from playground.schema.lists import join_sentences
from playground.teams.models import Membership

FEWEST, MOST = 2, 6
LETTERS = "ABCDEF"
SQUARE = 100
SCREEN = 2.2  # width / height of the space for all outputs


class CannotCompareError(Exception):
    """These outputs cannot be compared; the message has the reason.

    outputs  the comparable ones among them
    """

    status = 400

    def __init__(self, words: str, outputs: Sequence[Output] = ()) -> None:
        super().__init__(words)
        self.outputs = tuple(outputs)


class TooFewError(CannotCompareError):
    """Fewer than two outputs."""

    status = 200


class TooManyError(CannotCompareError):
    """More than six outputs."""


class GoneError(CannotCompareError):
    """Some outputs are deleted, in the trash, not visible to the user, or never existed."""

    status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedOutput:
    """One output of a comparison.

    without  URL of the comparison without this output; "" if too few would be left
    """

    output: Output
    letter: str
    number: int
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The common layout of all outputs.

    ratio    width / height in hundredths, one of the stylesheet's steps
    columns  number of columns on a wide screen
    """

    ratio: int
    columns: int
    rows: int


def read_outputs(membership: Membership, ids: Sequence[str]) -> list[Output]:
    """Return the outputs with these ids, in their order, without duplicates.

    Raises  TooFewError, TooManyError, GoneError
    """
    wanted = list(dict.fromkeys(read_uuid(text) or text for text in ids))
    found = find_outputs(membership, [pk for pk in wanted if isinstance(pk, uuid.UUID)][:MOST])
    usable = [each for each in found if each.trashed_at is None]
    if len(wanted) < FEWEST and len(usable) == len(wanted):
        raise TooFewError(_("Choose 2 to 6 pictures to compare."), usable)
    if len(wanted) > MOST:
        words = _("At most 6 pictures can be compared, and these are %(count)d.")
        raise TooManyError(words % {"count": len(wanted)}, usable)
    if len(usable) < len(wanted):
        raise GoneError(describe_gone(len(wanted) - len(found), len(found) - len(usable)), usable)
    return usable


def describe_gone(missing: int, trashed: int) -> str:
    sentences = []
    if missing:
        words = ngettext(
            "%(count)d picture does not exist or is private.",
            "%(count)d pictures do not exist or are private.",
            missing,
        )
        sentences.append(words % {"count": missing})
    if trashed:
        words = ngettext(
            "%(count)d picture is in the trash. Restore it to compare it.",
            "%(count)d pictures are in the trash. Restore them to compare them.",
            trashed,
        )
        sentences.append(words % {"count": trashed})
    return join_sentences(sentences)


def find_outputs(membership: Membership, ids: Sequence[uuid.UUID]) -> list[Output]:
    """Return the visible outputs with a file, in the order of the ids."""
    visible = Output.objects.visible_to(membership).filter(pk__in=ids, file__isnull=False)
    loaded = visible.select_related("run__spec", "run__author", "file").prefetch_related("tags")
    found = {output.pk: output for output in loaded}
    return [found[pk] for pk in ids if pk in found]


def address_of(outputs: Sequence[Output]) -> str:
    return f"{reverse('compare')}?{name_in_query(outputs)}"


def report_address_of(outputs: Sequence[Output]) -> str:
    return f"{reverse('compare_report')}?{name_in_query(outputs)}"


def name_in_query(outputs: Sequence[Output]) -> str:
    return urlencode([("o", str(output.pk)) for output in outputs])


def name_outputs(outputs: Sequence[Output]) -> Iterator[ComparedOutput]:
    for at, output in enumerate(outputs):
        others = [*outputs[:at], *outputs[at + 1 :]]
        yield ComparedOutput(
            output=output,
            letter=LETTERS[at],
            number=at + 1,
            without=address_of(others) if len(others) >= FEWEST else "",
        )


def measure_stage(outputs: Sequence[Output]) -> Stage:
    """Choose the layout: the common aspect ratio, else square."""
    ratios = {pages.display_ratio(output) for output in outputs}
    ratio, count = ratios.pop() if len(ratios) == 1 else SQUARE, len(outputs)

    def width(columns: int) -> float:
        """Return a picture's width, reduced by the share of empty places."""
        rows = math.ceil(count / columns)
        return min(SCREEN / columns, ratio / 100 / rows) * count / (columns * rows)

    columns = max(range(1, count + 1), key=width)
    return Stage(ratio=ratio, columns=columns, rows=math.ceil(count / columns))


def are_pictures(outputs: Sequence[Output]) -> bool:
    """Return whether all outputs are displayable pictures, which can be zoomed."""
    return all(
        each.file is not None and each.file.kind == MediaKind.IMAGE and each.file.is_showable
        for each in outputs
    )
