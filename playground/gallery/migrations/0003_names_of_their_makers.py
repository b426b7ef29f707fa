import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("gallery", "0002_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="tag", name="tag_once"),
        migrations.RemoveConstraint(model_name="collection", name="collection_once"),
        migrations.AlterModelOptions(name="tag", options={"ordering": ("name", "pk")}),
        migrations.AlterModelOptions(name="collection", options={"ordering": ("name", "pk")}),
        migrations.AddField(
            model_name="tag",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
