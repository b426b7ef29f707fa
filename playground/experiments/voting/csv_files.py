"""Votes and their table as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from playground.experiments.voting.results import Results
from playground.experiments.voting.scores import Standing
from playground.runs.costs.usage import write_cell

BOM = "\ufeff"  # by which Excel detects UTF-8
VOTE_HEADS = ("voter", "time (UTC)", "left picture", "right picture", "verdict")
TABLE_HEADS = (
    "by", "value", "comparisons", "wins", "ties", "win rate (%)", "from (%)", "to (%)", "strength",
)  # fmt: skip


def write_votes(results: Results) -> str:
    """Return a CSV line for each vote.

    For voters without consent to be named, name and time are omitted, and votes are sorted by
    pair, so that votes of one person cannot be linked.
    """
    titles = list(results.labels)
    heads = [f"{side} {title}" for side in ("left", "right") for title in titles]
    return write_table([*VOTE_HEADS, *heads], list_votes(results, titles))


def list_votes(results: Results, titles: list[str]) -> Iterator[list[Any]]:
    mine = results.membership.user_id
    public = results.named | {mine}
    named = [vote for vote in results.votes if vote.voter_id in public]
    others = [vote for vote in results.votes if vote.voter_id not in public]
    for vote in [*named, *sorted(others, key=lambda each: (each.pair, each.verdict, each.left_id))]:
        is_public = vote.voter_id in public
        yield [
            vote.voter.get_username() if is_public else "",
            vote.created_at if is_public else None,
            *(name_picture(results, side) for side in (vote.left_id, vote.right_id)),
            vote.verdict,
            *(label for side in (vote.left_id, vote.right_id)
              for label in read_labels(results, side, titles)),
        ]  # fmt: skip


def name_picture(results: Results, contender: int) -> str:
    seen = results.seen.get(contender)
    return str(seen.output_id) if seen else ""


def read_labels(results: Results, contender: int, titles: Iterable[str]) -> list[str]:
    """Return the labels of a visible picture; blanks for others."""
    if contender not in results.seen:
        return [""] * len(list(titles))
    return [results.labels[title].get(contender, "") for title in titles]


def write_standings(results: Results) -> str:
    """Return a CSV line for each model, each value, and each picture."""
    return write_table(TABLE_HEADS, list_standings(results))


def list_standings(results: Results) -> Iterator[list[Any]]:
    for table in results.tables:
        for line in table.lines:
            yield [table.title, line.label, *list_numbers(line.standing)]
    for pk, standing in results.standings.items():
        if pk in results.seen:
            yield ["picture", str(results.seen[pk].output_id), *list_numbers(standing)]


def list_numbers(standing: Standing | None) -> list[Any]:
    if standing is None:
        return [0, 0, 0, None, None, None, None]
    return [
        standing.count, standing.wins, standing.ties, standing.percent, standing.low,
        standing.high, standing.strength,
    ]  # fmt: skip


def write_table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text)
    for row in (heads, *rows):
        writer.writerow(write_cell(each) for each in row)
    return text.getvalue()
