from django.apps import AppConfig
from django.utils import translation
from django.utils.formats import number_format

from playground.schema.translation import Translations, use


class CatalogConfig(AppConfig):
    name = "playground.catalog"

    def ready(self) -> None:
        """Connect the form engine to Django's translations."""
        use(
            Translations(
                gettext=translation.gettext,
                ngettext=translation.ngettext,
                pgettext=translation.pgettext,
                language=lambda: translation.get_language() or "",
                number=write_number,
            )
        )


def write_number(digits: str, *, grouped: bool) -> str:
    """Format digits for the active language."""
    return number_format(digits, use_l10n=True, force_grouping=grouped)
