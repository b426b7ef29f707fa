from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0006_words_without_secrets'),
    ]

    operations = [
        # What Python writes, and nothing in the database: SQLite would copy the table for it and
        # lose its triggers.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='runwords',
                    name='version',
                    field=models.PositiveSmallIntegerField(db_default=1, default=4),
                ),
            ],
        ),
        migrations.RemoveIndex(model_name='runwords', name='run_words_cut_otherwise'),
        migrations.AddIndex(
            model_name='runwords',
            index=models.Index(condition=models.Q(('version__lt', 4)), fields=['id'], name='run_words_cut_otherwise'),
        ),
    ]
