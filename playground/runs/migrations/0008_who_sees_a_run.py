import re

from django.db import migrations, models

REFERENCE = re.compile(r"\bupload:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")


def find_uploads(apps, _schema_editor):
    """Write down which uploads the inputs of each run refer to, as accepting a run does from now on."""
    run_model, upload_model = apps.get_model("runs", "Run"), apps.get_model("runs", "Upload")
    link = run_model.uploads.through
    runs = run_model.objects.filter(inputs__contains="upload:")
    for pk, inputs in runs.values_list("pk", "inputs").iterator():
        named = REFERENCE.findall(str(inputs))
        kept = upload_model.objects.filter(pk__in=named).values_list("pk", flat=True)
        link.objects.bulk_create([link(run_id=pk, upload_id=upload) for upload in kept])


class Migration(migrations.Migration):

    dependencies = [
        ("runs", "0007_addresses"),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="is_shared",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="run",
            name="uploads",
            field=models.ManyToManyField(related_name="runs", to="runs.upload"),
        ),
        migrations.RunPython(find_uploads, migrations.RunPython.noop),
    ]
