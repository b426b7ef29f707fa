"""A signal, sent once for many runs that were created together, in their transaction.

`bulk_create` sends none of Django's own. Sent with `runs`, the rows as they were written.
"""

from django.dispatch import Signal

runs_created = Signal()
