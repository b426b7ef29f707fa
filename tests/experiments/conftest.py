from tests.gallery.conftest import add_picture, membership

__all__ = ["add_picture", "membership"]  # fixtures
