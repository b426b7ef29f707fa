"""Numbers the rows of a changed form, as the next POST of the form will be read."""

from dataclasses import replace

from playground.schema import pointers

from .entry import Entry, GroupEntry, MaybeEntry, Row, RowsEntry, UnionEntry


def number_rows(entry: Entry, place: str | None = None) -> Entry:
    """Return an entry at a place, with each row in it at the place that its number gives it."""
    old, new = entry.place, entry.place if place is None else place

    def moved(part: Entry) -> Entry:
        return number_rows(part, new + part.place.removeprefix(old))

    placed = replace(entry, at=replace(entry.at, place=new))
    match placed:
        case GroupEntry():
            rows = tuple(replace(row, entry=moved(row.entry)) for row in placed.rows)
            return replace(placed, children=tuple(map(moved, placed.children)), rows=rows)
        case RowsEntry():
            return replace(placed, rows=_number(placed.rows, new))
        case UnionEntry() if placed.chosen:
            return replace(placed, chosen=moved(placed.chosen))
        case MaybeEntry() if placed.inner:
            return replace(placed, inner=moved(placed.inner))
        case _:
            return placed


def _number(rows: tuple[Row, ...], place: str) -> tuple[Row, ...]:
    numbered: list[Row] = []
    number = 0
    for row in rows:
        entry = number_rows(row.entry, pointers.child(place, number))
        numbered.append(replace(row, entry=entry))
        number += row.fixed or not row.entry.is_blank
    return tuple(numbered)
