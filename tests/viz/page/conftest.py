"""Pages that are open in a browser."""

import pytest


@pytest.fixture
def xor(page):
    """The page of the playground for XOR, as it begins."""
    from support.playground_pages import xor_playground

    return page.open(xor_playground())
