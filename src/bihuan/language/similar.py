"""How alike two messages are: cosine over pairs and triples of characters."""

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bihuan.language.asking import about
from bihuan.language.tokens import RUN, fold, index_tokens

# Measured on public messages to a government platform: above the first, a person would call it the same.
SAME = 0.75
ALIKE = 0.45
# What of a question's rare pairs a text must have, what of a title's pairs a question, and how many
# pairs at least: below, the demonstration's messages about other things come in.
COVERED = 0.42
NAMED = 0.5
LEAST = 3
# How alike what has all of the one or two pairs that a question is about.
IN_TITLE, IN_TEXT = 0.6, 0.5
# Of a group's texts, how many must have a word before it counts as shared.
SHARE = 0.6
SHARED_WORDS = 5
# By how many of a text's rarest runs of characters the first texts of groups are looked up.
RARE = 40
# With how many of the first texts so found a text is compared.
CANDIDATES = 8
_NOISE = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """The text without blanks, punctuation, case, width and forms of characters."""
    return _NOISE.sub("", fold(text))


def grams(text: str) -> Counter[str]:
    """Counts of its two- and three-character runs."""
    plain = normalise(text)
    return Counter(plain[i : i + n] for n in (2, 3) for i in range(len(plain) - n + 1))


def cosine(a: Counter[str], b: Counter[str]) -> float:
    """1.0 for the same counts, 0.0 for nothing in common. Sub-linear in repetition."""
    if not a or not b:
        return 0.0
    small, large = (a, b) if len(a) < len(b) else (b, a)
    dot = sum(_weight(n) * _weight(large[g]) for g, n in small.items() if g in large)
    return dot / math.sqrt(_square(a) * _square(b))


def pairs(text: str) -> set[str]:
    """Its pairs of neighbouring characters, as search keeps them."""
    return {token for token in index_tokens(text) if len(token) == 2}


def answers(asked: str, texts: Mapping[int, str]) -> dict[int, float]:
    """Which texts (title, line break, body) may be what somebody asks, 1.0 at best: those much like it as
    a whole or by their title, those with most of its rare pairs, those whose title it says.

    A pair that few of the texts have says more than one that many have; one that none has says least.
    Of a question only what it is about is looked for: too little to be told by its pairs, all of it
    must be there.
    """
    subject = about(asked)
    wanted, mine = grams(subject), pairs(subject)
    theirs = {key: pairs(text) for key, text in texts.items()}
    spread = Counter(pair for found in theirs.values() for pair in found & mine)
    rare = {pair: math.log(1 + (len(texts) + 1) / spread[pair]) for pair in spread}
    whole = sum(rare.values()) + (len(mine) - len(rare)) * math.log(2)
    scores: dict[int, float] = {}
    for key, text in texts.items():
        # What is asked about is held against what others asked about, or both ask in the same words.
        title = text.split("\n", 1)[0]
        title = about(title) if subject != asked else title
        best = max(cosine(wanted, grams(text)), cosine(wanted, grams(title)))
        shared, named = theirs[key] & mine, pairs(title)
        covered = sum(rare[pair] for pair in shared) / whole if len(shared) >= LEAST else 0.0
        both = len(named & mine)
        said = both / len(named) if both >= LEAST else 0.0
        brief = _brief(mine, theirs[key], named) if subject != asked else 0.0
        if best >= ALIKE or covered >= COVERED or said >= NAMED or brief:
            # What stands there among much else is a little less than the same.
            scores[key] = max(best, 0.9 * covered, 0.8 * said, brief)
    return scores


def _brief(mine: set[str], there: set[str], named: set[str]) -> float:
    """How well the little that a question is about is met: by a title more than by what follows."""
    if not mine or len(mine) >= LEAST or not mine <= there:
        return 0.0
    return IN_TITLE if mine <= named else IN_TEXT


def _weight(count: int) -> float:
    return 1 + math.log(count)


def _square(counts: Counter[str]) -> float:
    return sum(_weight(n) ** 2 for n in counts.values())


@dataclass(frozen=True)
class Group:
    """Texts that say much the same, by their keys in order, and the words they share."""

    members: tuple[int, ...]
    shared: tuple[str, ...]


def groups(texts: Mapping[int, str]) -> list[Group]:
    """Sorts texts into groups of at least two: each joins the group whose first text is most like
    it, so that a group cannot drift from one subject to another by small steps.

    Only texts that share a rare run of characters are compared.
    """
    counts = {key: grams(text) for key, text in texts.items()}
    spread = Counter(gram for one in counts.values() for gram in one)
    leads: dict[str, list[int]] = {}
    members: dict[int, list[int]] = {}
    for key, mine in counts.items():
        repeated = sorted((gram for gram in mine if spread[gram] > 1), key=lambda g: (spread[g], g))
        near = Counter(lead for gram in repeated[:RARE] for lead in leads.get(gram, ()))
        scored = [(cosine(mine, counts[lead]), -lead) for lead, _ in near.most_common(CANDIDATES)]
        score, lead = max(scored, default=(0.0, 0))
        if score >= ALIKE:
            members[-lead].append(key)
            continue
        members[key] = [key]
        for gram in repeated:
            leads.setdefault(gram, []).append(key)
    return [
        Group(tuple(keys), shared_words([texts[key] for key in keys]))
        for keys in members.values()
        if len(keys) > 1
    ]


def shared_words(texts: list[str]) -> tuple[str, ...]:
    """The longest runs of the first text whose pairs of characters stand in most of the others."""
    folded = [fold(text) for text in texts]
    least = SHARE * len(folded)
    found: dict[str, None] = {}
    for run in RUN.findall(folded[0]):
        word = ""
        for index, char in enumerate(run):
            pair = run[index : index + 2]
            word += char
            if len(pair) < 2 or sum(pair in other for other in folded) < least:
                if len(word) > 1:
                    found[word] = None
                word = ""
    ranked: list[str] = []
    for word in sorted(found, key=len, reverse=True):
        if not any(word in longer for longer in ranked):
            ranked.append(word)
    return tuple(word[:20] for word in ranked[:SHARED_WORDS])
