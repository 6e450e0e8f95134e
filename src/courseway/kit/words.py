"""
What was typed into a search, as ranges of words. Pure.

The database keeps the words of names (`search_words`). A subject is found when each typed word begins one of its own;
the longest typed word finds the candidates, the others narrow them.
"""

import re
from typing import Any

MOST_WORDS = 6
LONGEST_WORD = 64
LAST = "\U0010ffff"


def read_words(text: str) -> list[str]:
    """Return the words that were typed, the longest first; none when there is nothing to search for."""
    words = [word[:LONGEST_WORD] for word in re.split(r"[\W_]+", text.lower()) if word][:MOST_WORDS]
    return sorted(dict.fromkeys(words), key=len, reverse=True)


def word_params(words: list[str]) -> dict[str, Any]:
    """Return the parameters of a statement that looks for words: the first as a range, the others as two lists."""
    return {
        "first": words[0],
        "first_end": words[0] + LAST,
        "words": words[1:],
        "ends": [word + LAST for word in words[1:]],
    }
