"""A signal, sent once for each run that settles, in the transaction that saves its end.

A run settles when it fails, is cancelled, or all of its outputs are stored. Only `Run.note` saves
such an end and sends this signal. Changes by receivers are atomic with it, so a step that is
interrupted and repeated sends it once. A run that is asked for again and settles a second time
sends it again.
"""

from django.dispatch import Signal

# Sent with `run`, the saved row. An exception in a receiver rolls the end back.
run_ended = Signal()
