"""The search index of runs, written when a run is accepted."""

from collections.abc import Collection, Iterable
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import Prefetch
from django.db.models.expressions import RawSQL

from playground.catalog.models import ModelSpec
from playground.gallery import search_words
from playground.gallery.models import InputWord, RunWords
from playground.runs.files.references import walk_texts
from playground.runs.models import Run
from playground.schema import pointers

LONGEST_TEXT = 20_000
LONGEST_TITLES = 2_000  # of a model's titles, so that they do not crowd out the prompt
LONGEST_CHOICE = 40
MOST_CHOICES = 60
BATCH = 500

SQLITE = "SELECT rowid FROM gallery_search WHERE gallery_search MATCH %s"
POSTGRESQL = "SELECT id FROM gallery_runwords WHERE search @@ to_tsquery('simple', %s)"


def index_new_run(instance: Run, *, created: bool, raw: bool = False, **_: Any) -> None:
    if created and not raw:
        index_runs([instance])


def index_new_runs(runs: Iterable[Run], **_: Any) -> None:
    index_runs(runs)


def index_runs(runs: Iterable[Run]) -> None:
    """Index runs; those that are indexed already stay unchanged."""
    for batch in batched(runs, BATCH):
        RunWords.objects.bulk_create(
            [RunWords(run=run, words=search_words.cut(text_of(run))) for run in batch],
            ignore_conflicts=True,
        )
        InputWord.objects.bulk_create(
            [
                InputWord(run=run, name=name, word=word)
                for run in batch
                for name, word in choices_of(shown_inputs(run), written=run.form.text_areas())
            ]
        )


def reindex_some() -> bool:
    """Index some rows of an earlier version again; return whether there were any."""
    waiting = RunWords.objects.filter(version__lt=search_words.VERSION).order_by("pk")
    rows = waiting.select_related("run").only("words", "version", "run__inputs", "run__spec_id")
    specs = ModelSpec.objects.only("title", "schema", "rules")  # loaded once, not for each row
    found = rows.prefetch_related(Prefetch("run__spec", specs))[:BATCH]
    for row in found:
        again, mine = search_words.cut(text_of(row.run)), RunWords.objects.filter(pk=row.pk)
        if again == row.words:
            mine.update(version=search_words.VERSION)
        else:
            mine.update(words=again, version=search_words.VERSION)
        delete_secrets(row.run)
    return bool(found)


def delete_secrets(run: Run) -> None:
    """Delete index entries of secret inputs, which older versions wrote."""
    secrets = run.form.secrets(run.inputs)
    names = {key for pointer in secrets for key in pointers.split(pointer)[:1]}
    if names:
        InputWord.objects.filter(run=run, name__in=names).delete()


def text_of(run: Run) -> str:
    """Return the text of a run: every text input, and the model's titles in all languages."""
    found = (text for _, text in walk_texts(shown_inputs(run)))
    texts = [text for text in found if not text.startswith(("upload:", "data:"))]
    titles = " ".join(run.spec.titles)[:LONGEST_TITLES]
    return " ".join([titles, *texts])[:LONGEST_TEXT]


def shown_inputs(run: Run) -> Any:
    """Return the inputs of a run without secrets, which must not be searchable."""
    return run.form.hide_secrets(run.inputs, instead="")


def choices_of(inputs: Any, *, written: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return (name, word) of the chosen top-level inputs: short words and numbers.

    written  pointers of the text areas, which only the text search finds
    """
    found = []
    for name, value in inputs.items() if isinstance(inputs, dict) else ():
        word = None if pointers.child("", name) in written else word_condition(value)
        if word is not None and len(name) <= 80:  # noqa: PLR2004 - as wide as the column
            found.append((name, word))
    return found[:MOST_CHOICES]


def word_condition(value: Any) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)[:LONGEST_CHOICE]
    if isinstance(value, str) and value and len(value) <= LONGEST_CHOICE and "\n" not in value:
        return value
    return None


def matching(text: str) -> RawSQL | None:
    """Return the IDs of the RunWords that contain every word of a text; None for no words."""
    is_sqlite = connection.vendor == "sqlite"
    question = search_words.sqlite_query(text) if is_sqlite else search_words.postgresql_query(text)
    return RawSQL(SQLITE if is_sqlite else POSTGRESQL, [question]) if question else None  # noqa: S611 - a parameter
