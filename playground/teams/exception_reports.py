"""Filters exception reports: code and lines, but no entered data."""

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class QuietReporterFilter(SafeExceptionReporterFilter):
    """Keeps variables and posted values out of every report, with DEBUG too.

    A key passes through many frames, those of libraries among them, under names and in texts that
    no one can list; Django's own filter hides by name, and with DEBUG not even that.
    """

    def is_active(self, request: HttpRequest | None) -> bool:
        del request
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {} if request is None else dict.fromkeys(request.POST, self.cleansed_substitute)

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        del request
        return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
