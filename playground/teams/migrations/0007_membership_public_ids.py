import uuid

from django.db import migrations, models


def give_ids(apps, schema_editor):
    # One by one: the default of a new column is made once, and the same in every row.
    memberships = apps.get_model("teams", "Membership").objects.using(schema_editor.connection.alias)
    for pk in memberships.filter(public_id=None).values_list("pk", flat=True):
        memberships.filter(pk=pk).update(public_id=uuid.uuid4())


class Migration(migrations.Migration):
    """Each place gets an identifier that nobody can count up to."""

    dependencies = [("teams", "0006_budgets")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="public_id",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.RunPython(give_ids, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="membership",
            name="public_id",
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
