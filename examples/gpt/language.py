"""A language of names with harmony among the vowels, whose entropy is known.

A name has two or three syllables, each a consonant and a vowel, and its vowels are all of a, o, u or all of e, i, y:
lato and jeteqi are names, but niva is not. (Finnish and Turkish have a similar rule.) So the last letter alone is not
enough to predict the next: a reader must also remember how many syllables there were, and which vowels they had.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

BOUNDARY = 0
"""The token before and after a name; the letters count from 1."""


@dataclass(frozen=True)
class Language:
    """What a name is made of: the number of its syllables, a group of vowels, and the letters are drawn uniformly.

    consonants  the first letters of syllables
    vowels      groups of vowels that go together; no letter stands in two
    syllables   how many a name may have
    """

    consonants: str = "bcdfghjklmnpqrstvwxz"
    vowels: tuple[str, ...] = ("aou", "eiy")
    syllables: tuple[int, ...] = (2, 3)

    @property
    def letters(self) -> str:
        """The alphabet, in order: the letter ``letters[k]`` has the token k + 1."""
        return "".join(sorted(self.consonants + "".join(self.vowels)))

    def draw(self, random: Random) -> str:
        """Return a name."""
        count, vowels = random.choice(self.syllables), random.choice(self.vowels)
        return "".join(random.choice(self.consonants) + random.choice(vowels) for _ in range(count))

    def __contains__(self, name: str) -> bool:
        """Whether this is a name: every one has a probability above 0."""
        consonants, vowels = set(name[::2]), set(name[1::2])
        harmonious = any(vowels <= set(group) for group in self.vowels)
        return (
            len(name) in (2 * count for count in self.syllables) and consonants <= set(self.consonants) and harmonious
        )

    def tokens(self, name: str) -> list[int]:
        """Return a name as tokens, with the boundary on both sides."""
        return [BOUNDARY, *(self.letters.index(letter) + 1 for letter in name), BOUNDARY]

    def text(self, tokens: Iterable[int]) -> str:
        """Return the letters of tokens."""
        return "".join(self.letters[token - 1] for token in tokens)

    @property
    def entropy(self) -> float:
        """The expected loss of a model that knows the language, in nats a token; none has less.

        A name tells all that was drawn for it, so its nats are those of the draws.
        """
        nats = math.log(len(self.syllables)) + math.log(len(self.vowels)) + self._mean_count * self._syllable
        return nats / self._tokens

    @property
    def entropy_by_last_letter(self) -> float:
        """The least of a model that sees the last letter only: any vowel may come, and after each the name may end."""
        ends = 1.0 / self._mean_count
        ending = -ends * math.log(ends) - (1.0 - ends) * math.log(1.0 - ends)
        return self._mean_count * (self._syllable + math.log(len(self.vowels)) + ending) / self._tokens

    @property
    def _mean_count(self) -> float:
        """How many syllables a name has on average."""
        return sum(self.syllables) / len(self.syllables)

    @property
    def _tokens(self) -> float:
        """How many tokens are to be predicted in a name on average: its letters, and the boundary after it."""
        return 2.0 * self._mean_count + 1.0

    @property
    def _syllable(self) -> float:
        """The nats of a syllable if the group of its vowel is known."""
        return math.log(len(self.consonants)) + sum(math.log(len(group)) for group in self.vowels) / len(self.vowels)
