from django.db import migrations


def find_makers(apps, _schema_editor):
    """Give each tag to the author of a picture that it is on; forget those that are on none.

    Who made it was not written down. It decides only who sees the name of a tag once it is on no
    picture that they see; without anybody, that would be everybody.
    """
    tag_model = apps.get_model("gallery", "Tag")
    tag_model.objects.filter(outputs=None).delete()
    for tag in tag_model.objects.iterator(chunk_size=500):
        first = tag.outputs.order_by("run__created_at").values_list("run__author", flat=True)[:1]
        tag_model.objects.filter(pk=tag.pk).update(made_by=first.get())


class Migration(migrations.Migration):

    # By itself: PostgreSQL alters no table whose rows the same transaction has changed.
    dependencies = [
        ("gallery", "0003_names_of_their_makers"),
        ("runs", "0010_stars_and_trash"),
    ]

    operations = [migrations.RunPython(find_makers, migrations.RunPython.noop)]
