"""Filters exception reports: tracebacks without variables and submitted data."""

from collections.abc import ItemsView
from types import FrameType
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class QuietReporterFilter(SafeExceptionReporterFilter):
    """Removes variables and POST data from every report, with DEBUG too.

    An API key passes through many frames, also of libraries, in variables whose names cannot be
    listed; Django's own filter hides variables by name, and with DEBUG hides nothing.
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
