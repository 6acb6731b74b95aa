"""The company of the stories, for calling its handlers by hand."""

from tests.stories.conftest import company

__all__ = ["company"]
