from django.db import migrations

from playground.gallery.migrations import _frozen

SQLITE = (
    """
    CREATE VIRTUAL TABLE gallery_search USING fts5(
        words, content='gallery_runwords', content_rowid='id',
        tokenize='unicode61 remove_diacritics 0'
    )
    """,
    """
    CREATE TRIGGER gallery_words_come AFTER INSERT ON gallery_runwords BEGIN
        INSERT INTO gallery_search(rowid, words) VALUES (new.id, new.words);
    END
    """,
    """
    CREATE TRIGGER gallery_words_go AFTER DELETE ON gallery_runwords BEGIN
        INSERT INTO gallery_search(gallery_search, rowid, words)
        VALUES ('delete', old.id, old.words);
    END
    """,
)
SQLITE_BACK = (
    "DROP TRIGGER IF EXISTS gallery_words_come",
    "DROP TRIGGER IF EXISTS gallery_words_go",
    "DROP TABLE IF EXISTS gallery_search",
)
POSTGRESQL = (
    """
    ALTER TABLE gallery_runwords
    ADD COLUMN search tsvector GENERATED ALWAYS AS (to_tsvector('simple', words)) STORED
    """,
    "CREATE INDEX gallery_runwords_search ON gallery_runwords USING gin (search)",
)
POSTGRESQL_BACK = ("ALTER TABLE gallery_runwords DROP COLUMN search",)


def make(_apps, schema_editor):
    execute(schema_editor, SQLITE, POSTGRESQL)


def drop(_apps, schema_editor):
    execute(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)


def execute(schema_editor, sqlite, postgresql):
    """Make the full text index of the database at hand; Django has no common word for them."""
    for statement in sqlite if schema_editor.connection.vendor == "sqlite" else postgresql:
        schema_editor.execute(statement)


def fill(apps, _schema_editor):
    """Write down what the runs that there are already are found by."""
    run_model = apps.get_model("runs", "Run")
    words_model, choice_model = apps.get_model("gallery", "RunWords"), apps.get_model("gallery", "InputWord")
    for run in run_model.objects.filter(words=None).select_related("spec").iterator(chunk_size=500):
        words_model.objects.create(run=run, words=_frozen.cut(_frozen.text_of(run)))
        choice_model.objects.bulk_create(
            [choice_model(run=run, name=name, word=word) for name, word in _frozen.choices_of(run.inputs)]
        )


class Migration(migrations.Migration):

    dependencies = [("gallery", "0001_initial")]

    operations = [
        migrations.RunPython(make, drop),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
