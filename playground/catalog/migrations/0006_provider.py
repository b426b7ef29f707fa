from django.db import migrations, models


class Migration(migrations.Migration):
    """Every model so far is one of MindVideo's."""

    dependencies = [
        ("catalog", "0005_defaults_in_the_database"),
    ]

    operations = [
        migrations.AddField(
            model_name="modelspec",
            name="provider",
            field=models.CharField(db_default="mindvideo", default="mindvideo", max_length=20),
        ),
    ]
