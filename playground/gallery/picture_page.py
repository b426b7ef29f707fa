"""The page of one output: details, neighbours and the back link."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from playground.gallery import pages
from playground.gallery.filters import Filters, find_outputs
from playground.gallery.models import Collection
from playground.runs.files import trash
from playground.runs.files.uploads import UploadStore
from playground.runs.models import Output, OutputQuerySet
from playground.runs.pages import board
from playground.runs.pages.family import count_children, read_parent
from playground.runs.pages.summary import InputLine, summarize
from playground.web import HtmxRequest

# Pages from which a picture can be opened, besides the gallery, and the labels of the back link.
PLACES = {"board": _("Close, back to the results"), "run": _("Close, back to the run")}
STRIP = 8  # neighbours on each side
MOST_COUNTED = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmstripFrame:
    """A picture of the filmstrip; `ratio` in hundredths, as in the CSS classes."""

    output: Output
    ratio: int
    is_current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The outputs before and after one, in the filtered gallery.

    number   position of the picture, from 1; None if it is too far from the first
    count    number of matches, up to a limit
    is_more  whether there are more
    """

    before: Output | None
    after: Output | None
    strip: tuple[FilmstripFrame, ...]
    number: int | None
    count: int
    is_more: bool


def read_picture(request: HtmxRequest, output: Output, filters: Filters) -> dict[str, object]:
    membership, run = request.membership, output.run
    came_from = request.GET.get("from", "")
    came_from = came_from if came_from in PLACES else ""
    inputs = summarize(run, UploadStore(membership))
    return {
        "output": output,
        "run": run,
        "filters": filters,
        "query": write_query(filters, came_from),
        "came_from": came_from,
        "back": find_back(request, output, filters, came_from),
        "close_words": PLACES.get(came_from) or close_words(filters),
        "neighbours": find_neighbours(find_outputs(membership, filters), output),
        "goes_at": trash.deletion_time(output),
        "may_delete": membership.is_owner or run.author_id == membership.user_id,
        "inputs": tuple(line for line in inputs if has_several(line)),
        "defaults": tuple(line for line in inputs if line.is_default),
        "parent": read_parent(run, membership),
        "children_count": count_children(run, membership),
        "collections": Collection.objects.visible_to(membership).filter(outputs=output),
        "star_counts": range(1, 6),
    }


def close_words(filters: Filters) -> str:
    """Return the label of the back link to the gallery or the trash."""
    if filters.trash:
        return gettext("Close, back to the trash")
    return gettext("Close, back to the gallery")


def has_several(line: InputLine) -> bool:
    """Whether an input gets its own row: the prompt is the heading, defaults are collapsed."""
    return not line.is_prompt and not line.is_default


def write_query(filters: Filters, came_from: str) -> str:
    origin = urlencode({"from": came_from}) if came_from else ""
    return "&".join(part for part in (filters.query, origin) if part)


def find_back(request: HtmxRequest, output: Output, filters: Filters, came_from: str) -> str:
    """Return the URL of the page that a picture was opened from, scrolled to it."""
    run = output.run
    match came_from:
        case "run":
            return f"{run.get_absolute_url()}#picture-{output.pk}"
        case "board":
            return f"{board.find_page(request.membership, run)}#picture-{output.pk}"
    through = urlencode({"through": str(pages.cursor_of(output))})
    query = "&".join(part for part in (filters.query, through) if part)
    return f"{reverse('gallery')}?{query}#tile-{output.pk}"


def find_neighbours(outputs: OutputQuerySet, output: Output) -> Neighbours:
    cursor = pages.cursor_of(output)
    passed, coming = pages.preceding(outputs, cursor), pages.following(outputs, cursor)
    before = list(pages.with_facts(passed)[:STRIP])
    after = list(pages.with_facts(coming)[:STRIP])
    number = passed.order_by()[: MOST_COUNTED + 1].count() + 1
    count = outputs.order_by()[: MOST_COUNTED + 1].count()
    return Neighbours(
        before=before[0] if before else None,
        after=after[0] if after else None,
        strip=tuple(make_filmstrip(before[::-1], output, after)),
        number=number if number <= min(count, MOST_COUNTED) else None,
        count=min(count, MOST_COUNTED),
        is_more=count > MOST_COUNTED,
    )


def make_filmstrip(
    before: list[Output], output: Output, after: list[Output]
) -> Iterator[FilmstripFrame]:
    for each in (*before, output, *after):
        yield FilmstripFrame(
            output=each, ratio=pages.display_ratio(each), is_current=each is output
        )
