from django.db import migrations, models


class Migration(migrations.Migration):
    """Gives a field the name of what it holds. Its column and its indexes stay as they are."""

    dependencies = [("runs", "0028_stored_texts")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveIndex("mediafile", "media_file_likeness"),
                migrations.RemoveIndex("mediafile", "media_file_not_looked_at"),
                migrations.RenameField("mediafile", "likeness", "perceptual_hash"),
                migrations.AlterField(
                    "mediafile",
                    "perceptual_hash",
                    models.BinaryField(
                        max_length=50, null=True, blank=True, db_column="likeness"
                    ),
                ),
                migrations.AddIndex(
                    "mediafile",
                    models.Index(
                        fields=["workspace", "perceptual_hash"], name="media_file_likeness"
                    ),
                ),
                migrations.AddIndex(
                    "mediafile",
                    models.Index(
                        fields=["created_at"],
                        condition=models.Q(perceptual_hash__isnull=True),
                        name="media_file_not_looked_at",
                    ),
                ),
            ]
        )
    ]
