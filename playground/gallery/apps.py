from django.apps import AppConfig
from django.db.models.signals import post_save


class GalleryConfig(AppConfig):
    name = "playground.gallery"

    def ready(self) -> None:
        """Connect to post_save to index new runs, because `runs` must not import the gallery."""
        from playground.gallery import search_index  # noqa: PLC0415 - models are ready only now
        from playground.runs.models import Run, runs_created  # noqa: PLC0415 - likewise
        from playground.runs.worker import housekeeping  # noqa: PLC0415 - likewise

        post_save.connect(search_index.index_new_run, sender=Run)
        runs_created.connect(search_index.index_new_runs)
        housekeeping.CHORES.append(search_index.reindex_some)
