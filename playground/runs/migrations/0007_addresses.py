from django.db import migrations

from playground.runs.migrations._frozen import OrderedJSONField

REFUSALS = ["invalid_input", "key_refused", "out_of_funds", "declined", "unknown_model", "refused"]


def tell_doubts_apart(apps, _schema_editor):
    """Before, sent_at was set for whatever was tried, and never cleared again."""
    runs = apps.get_model("runs", "Run").objects.filter(status="failed", task_id="")
    runs.filter(problem__in=REFUSALS).update(sent_at=None)
    runs.filter(problem__in=["unavailable", "throttled"]).update(problem="unanswered")


class Migration(migrations.Migration):

    dependencies = [
        ("runs", "0006_broken_tries"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="addresses",
            field=OrderedJSONField(default=dict),
        ),
        migrations.RunPython(tell_doubts_apart, migrations.RunPython.noop),
    ]
