"""A signal, sent once for each run that settles, in the transaction that writes its end.

A run settles when it fails, is cancelled, or all that it gave is stored. `Run.note` is the one
place that writes such an end, and it sends this signal; whatever a receiver writes is written with
the end or not at all, so a step that was cut off and is taken again tells it once. A run that is
asked for again and settles a second time is told again.
"""

from django.dispatch import Signal

# Sent with `run`, the row as it is written. A receiver that raises undoes the end.
run_ended = Signal()
