from django.db import migrations, models


class Migration(migrations.Migration):
    """The column keeps its name, so that an earlier version finds it."""

    earlier_version = "reads and writes the same column, whose name and type do not change"

    dependencies = [
        ("teams", "0011_pauses_of_keys"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="service",
            field=models.CharField(db_column="service", max_length=20),
        ),
        migrations.RenameField(
            model_name="apikey",
            old_name="service",
            new_name="provider",
        ),
    ]
