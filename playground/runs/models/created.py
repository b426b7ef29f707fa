"""A signal, sent once for runs created by `bulk_create`, in their transaction.

`bulk_create` does not send post_save. Sent with `runs`, the created rows.
"""

from django.dispatch import Signal

runs_created = Signal()
