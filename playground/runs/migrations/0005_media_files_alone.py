import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('runs', '0004_fill_media_files'),
    ]

    operations = [
        migrations.AlterField(
            model_name='upload',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uploads', to='runs.mediafile'),
        ),
        migrations.RemoveField('output', 'original'),
        migrations.RemoveField('output', 'thumbnail'),
        migrations.RemoveField('output', 'placeholder'),
        migrations.RemoveField('output', 'content_type'),
        migrations.RemoveField('output', 'width'),
        migrations.RemoveField('output', 'height'),
        migrations.RemoveField('output', 'size_bytes'),
        migrations.RemoveField('output', 'sha256'),
        migrations.RemoveField('upload', 'original'),
        migrations.RemoveField('upload', 'thumbnail'),
        migrations.RemoveField('upload', 'content_type'),
        migrations.RemoveField('upload', 'width'),
        migrations.RemoveField('upload', 'height'),
        migrations.RemoveField('upload', 'size_bytes'),
    ]
