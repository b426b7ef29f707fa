from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds by what runs with the same inputs are found; the worker fills it for older ones."""

    dependencies = [("runs", "0030_previews")]

    operations = [
        migrations.AddField(
            "run",
            "inputs_digest",
            models.CharField(blank=True, db_default="", default="", max_length=32),
        ),
        migrations.AddIndex(
            "run",
            models.Index(
                fields=["workspace", "inputs_digest", "-created_at"],
                condition=~models.Q(inputs_digest=""),
                name="run_same_inputs",
            ),
        ),
        migrations.AddIndex(
            "run",
            models.Index(
                fields=["id"],
                condition=models.Q(inputs_digest=""),
                name="run_without_digest",
            ),
        ),
    ]
