import time

from django.db import connection, models

# One statement, so that two processes at the same moment are two. Both databases know it.
ADD_ONE = """
    INSERT INTO teams_tally (what, used, ends_at) VALUES (%s, 1, %s)
    ON CONFLICT (what) DO UPDATE SET
        used = CASE WHEN teams_tally.ends_at <= %s THEN 1 ELSE teams_tally.used + 1 END,
        ends_at = CASE
            WHEN teams_tally.ends_at <= %s THEN excluded.ends_at ELSE teams_tally.ends_at
        END
    RETURNING used, ends_at
"""
FORGET_AFTER_SECONDS = 60 * 60


class TallyQuerySet(models.QuerySet["Tally"]):
    def add_one(self, what: str, *, seconds: float) -> tuple[int, float]:
        """Count once more; return how often that was, and how many seconds the count still lasts.

        seconds  how long it lasts from its first
        """
        now = time.time()
        with connection.cursor() as cursor:
            cursor.execute(ADD_ONE, [what, now + seconds, now, now])
            used, ends_at = cursor.fetchone()
        if used == 1:
            self.filter(ends_at__lt=now - FORGET_AFTER_SECONDS).delete()
        return used, ends_at - now

    def take_back(self, what: str) -> None:
        """Take back a count that was not necessary."""
        self.filter(what=what, used__gt=0).update(used=models.F("used") - 1)


class Tally(models.Model):
    """Counts the actions of a person in a short time, for rate limits.

    ends_at  seconds since 1970; what comes later is counted from one again
    """

    what = models.CharField(max_length=100, primary_key=True)
    used = models.PositiveIntegerField()
    ends_at = models.FloatField(db_index=True)

    objects = TallyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.what}: {self.used}"
