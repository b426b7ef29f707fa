from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Preferences(models.Model):
    """Personal settings, for every workspace and browser.

    language  code of a language of `settings.LANGUAGES`; "" for the workspace's
    """

    user: "models.OneToOneField[User, User]" = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferences"
    )
    language = models.CharField(max_length=20, blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"preferences of {self.user}"
