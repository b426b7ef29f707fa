"""Reads the columns of a table from a row of an export; each function raises RowError."""

from typing import Any

from playground.archive.import_rows import ImportRow
from playground.runs.models import FINISHED, EventSource


def read_run(row: ImportRow) -> dict[str, Any]:
    """Return the columns of a finished run."""
    status = row.choice("status", FINISHED)
    facts: dict[str, Any] = {"status": status, "inputs": row.get("inputs")}
    facts["template"] = read_template(row)
    facts["idempotency_key"] = row.id("idempotency_key")
    facts["is_shared"] = row.flag("is_shared")
    facts["attempts"] = row.number("attempts")
    facts["addresses"] = row.texts_by_name("addresses")
    facts["problem_fields"] = row.object("problem_fields")
    facts["problem_text"] = read_text(row, "problem_text")
    for name, longest in (("task_id", 200), ("request_id", 200), ("problem", 40)):
        facts[name] = row.text(name, longest)
    for name in ("ticket_answer", "task_answer", "problem_message", "problem_detail"):
        facts[name] = row.text(name)
    for name in ("cost_expected", "cost_estimate", "cost_actual"):
        facts[name] = row.amount(name)
    facts["cost_most"] = row.amount("cost_most") if "cost_most" in row.value else None  # since 0016
    for name in ("problem_since", "sent_at", "accepted_at", "stored_at", "history_at"):
        facts[name] = row.moment_or_none(name)
    facts["finished_at"] = row.moment("finished_at")
    if status == "succeeded" and not (facts["task_id"] and facts["stored_at"]):
        raise row.wrong("stored_at", "is missing, though it succeeded: it is not at its end")
    return facts


def read_text(row: ImportRow, name: str) -> dict[str, Any]:
    """Return a stored text (`playground/texts.py`); exports of earlier versions have none."""
    return row.object(name) if name in row.value else {}


def read_template(row: ImportRow) -> dict[str, Any]:
    template = row.object("template")
    if not template:
        return {}
    inner = ImportRow(template, f"{row.where}template: ")
    return {"inputs": inner.get("inputs"), "values": read_values(inner)}


def read_values(row: ImportRow) -> dict[str, str]:
    return row.texts_by_name("values")


def read_price(row: ImportRow) -> dict[str, Any]:
    price = row.object("price")
    stated = ImportRow({"amount": None, "per": "run"} | price, f"{row.where}price: ")
    stated.amount("amount")
    stated.word("per", 40)
    return price


def read_objects(row: ImportRow, name: str) -> list[Any]:
    return [each.value for each in row.rows(name)]


def read_event(row: ImportRow) -> dict[str, Any]:
    return {
        "source": row.choice("source", EventSource.values),
        "position": row.number("position"),
        "at": row.moment_or_none("at"),
        "words": row.text("words"),
        "text": read_text(row, "text"),
        "raw": row.text("raw"),
    }
