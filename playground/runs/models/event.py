from django.db import models

from playground import texts
from playground.columns import StoredTextField
from playground.runs.models.run import Run


class EventSource(models.TextChoices):
    OURS = "ours"
    SERVICE = "service"


class Event(models.Model):
    """An event of a run's timeline that no column of the run records.

    at       None without a readable time
    words    for people: the provider's message, or ours in English
    text     our message as a stored text (playground/texts.py)
    raw      the provider's event, unchanged, as text
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="events")
    source = models.CharField(max_length=10, choices=EventSource)
    position = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(null=True, blank=True)
    words = models.TextField()
    text = StoredTextField()
    raw = models.TextField(blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["run", "position"],
                condition=models.Q(source=EventSource.SERVICE),
                name="event_of_service_once",
            ),
        ]

    def __str__(self) -> str:
        return texts.say(self.text, self.words)
