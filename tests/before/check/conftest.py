from tests.data.conftest import shared_data

__all__ = ["shared_data"]
