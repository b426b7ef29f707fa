import time

from django.db import connection, models

# One statement (upsert), so that concurrent processes count correctly. Works on both databases.
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
        """Increment; return the count and the seconds until it expires.

        seconds  length of the window, from its first count
        """
        now = time.time()
        with connection.cursor() as cursor:
            cursor.execute(ADD_ONE, [what, now + seconds, now, now])
            used, ends_at = cursor.fetchone()
        if used == 1:
            self.filter(ends_at__lt=now - FORGET_AFTER_SECONDS).delete()
        return used, ends_at - now

    def take_back(self, what: str) -> None:
        """Decrement a count."""
        self.filter(what=what, used__gt=0).update(used=models.F("used") - 1)


class Tally(models.Model):
    """Counts actions in a time window, for rate limits.

    ends_at  end of the window, in seconds since 1970; after that the count restarts
    """

    what = models.CharField(max_length=100, primary_key=True)
    used = models.PositiveIntegerField()
    ends_at = models.FloatField(db_index=True)

    objects = TallyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.what}: {self.used}"
