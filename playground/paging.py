"""Pagination of long lists, with the URLs of adjacent pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS = 50
LONGEST_QUERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart:
    """One page of a list.

    first, last numbers of the first and last row, from 1; both 0 for an empty list
    count          number of rows in the whole list
    before, after  query strings of the adjacent pages, with "?"; "" for none
    query          query string of this page, without "?"
    """

    rows: Sequence[Any]
    first: int
    last: int
    count: int
    before: str
    after: str
    query: str

    @property
    def is_whole(self) -> bool:
        return self.count == len(self.rows)


def part_of(
    request: HttpRequest, rows: QuerySet[Any] | Sequence[Any], *, name: str = "page", at: str = ""
) -> ListPart:
    """Return the requested page of a list, or the nearest one that exists.

    name  name of the query parameter, for pages with several lists
    at    the query string to use in the response to a POST, from `read_at`
    """
    asked = dict(parse_qsl(at)) if at else request.GET.dict()
    page = Paginator(rows, ROWS).get_page(asked.get(name, "")[:9])

    def query(number: int) -> str:
        return f"?{urlencode(asked | {name: str(number)})}"

    return ListPart(
        rows=list(page.object_list),
        first=page.start_index(),
        last=page.end_index(),
        count=page.paginator.count,
        before=query(page.previous_page_number()) if page.has_previous() else "",
        after=query(page.next_page_number()) if page.has_next() else "",
        query=urlencode(asked),
    )


def read_at(request: HttpRequest) -> str:
    """Return the query string of the page with the form, from the form's field "at"."""
    text = request.POST.get("at", "")[:LONGEST_QUERY]
    return urlencode(dict(parse_qsl(text)))


def read_words(request: HttpRequest, at: str = "") -> str:
    """Return the search words."""
    asked = dict(parse_qsl(at)) if at else request.GET.dict()
    return asked.get("q", "").replace("\0", "").strip()[:200]
