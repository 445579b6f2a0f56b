"""Whether the words of the pages are in a British dictionary, or in the list of words beside this file."""

from __future__ import annotations

from pathlib import Path

WORDS = Path(__file__).with_name("words.txt")
LANGUAGE = "en_GB"


def missing_tool() -> str:
    """Return what is missing to check words, and the cure; an empty text if nothing is."""
    try:
        import enchant
    except ImportError:  # Without the package, or without the library that it calls.
        return "Enchant (on Debian: apt-get install libenchant-2-2 hunspell-en-gb)"
    return "" if enchant.dict_exists(LANGUAGE) else "a British dictionary (on Debian: apt-get install hunspell-en-gb)"
