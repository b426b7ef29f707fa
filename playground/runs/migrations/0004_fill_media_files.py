"""One row for each content that is stored already.

In a migration of its own: PostgreSQL alters no table with rows that were written just before.
Files keep the names they have; where two had the same content, the second one's is left alone.
"""

import hashlib

from django.db import migrations


def fill(apps, schema_editor):
    for output in apps.get_model('runs', 'Output').objects.exclude(stored_at=None).select_related('run').iterator():
        link(apps, output, output.run.workspace_id, output.sha256, output.placeholder)
    for upload in apps.get_model('runs', 'Upload').objects.iterator():
        link(apps, upload, upload.workspace_id, checksum(upload), '')


def checksum(upload):
    """What cannot be read (a volume that is not mounted) may be there again tomorrow: it is kept,
    under a mark that no content has."""
    try:
        with upload.original.open('rb') as file:
            return hashlib.file_digest(file, 'sha256').hexdigest()
    except (OSError, ValueError):
        return f'unread {upload.pk.hex}'


def link(apps, row, workspace_id, sha256, placeholder):
    row.file, _ = apps.get_model('runs', 'MediaFile').objects.get_or_create(
        workspace_id=workspace_id,
        sha256=sha256,
        defaults={
            'kind': row.content_type.partition('/')[0],
            'content_type': row.content_type,
            'size_bytes': row.size_bytes or 0,
            'width': row.width,
            'height': row.height,
            'original': row.original.name,
            'thumbnail': row.thumbnail.name,
            'placeholder': placeholder,
        },
    )
    row.save(update_fields=['file'])


class Migration(migrations.Migration):

    dependencies = [
        ('runs', '0003_media_files'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
