from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('runs', '0013_made_from'),
    ]

    operations = [
        migrations.AddField(
            model_name='run',
            name='task_answer',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='run',
            name='ticket_answer',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
    ]
