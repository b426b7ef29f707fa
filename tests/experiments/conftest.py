from tests.gallery.conftest import hang, membership

__all__ = ["hang", "membership"]  # fixtures
