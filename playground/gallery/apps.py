from django.apps import AppConfig
from django.db.models.signals import post_save


class GalleryConfig(AppConfig):
    name = "playground.gallery"

    def ready(self) -> None:
        """Hear of each new run: the room of runs knows nothing of this one."""
        from playground.gallery import index  # noqa: PLC0415 - models are ready only now
        from playground.runs.models import Run  # noqa: PLC0415 - likewise
        from playground.runs.worker import housekeeping  # noqa: PLC0415 - likewise

        post_save.connect(index.hear_of_run, sender=Run)
        housekeeping.CHORES.append(index.rewrite_some)
