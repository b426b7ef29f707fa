from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds whether browsers say when a picture became visible."""

    dependencies = [("teams", "0014_unit_of_money")]

    operations = [
        migrations.AddField(
            "workspace",
            "measures_display",
            models.BooleanField(default=False, db_default=False),
        ),
    ]
