from django.db import migrations, models

SIZES = ("preview_width", "preview_height")
MOMENTS = ("arrived_at", "previewed_at", "seen_at")


class Migration(migrations.Migration):
    """Adds the picture that is shown before its file is stored, and when it came and was seen."""

    dependencies = [("runs", "0029_perceptual_hash")]

    operations = [
        migrations.AddField("output", "preview", models.BinaryField(null=True, blank=True)),
        *(
            migrations.AddField("output", name, models.PositiveIntegerField(null=True, blank=True))
            for name in SIZES
        ),
        *(
            migrations.AddField("output", name, models.DateTimeField(null=True, blank=True))
            for name in MOMENTS
        ),
    ]
