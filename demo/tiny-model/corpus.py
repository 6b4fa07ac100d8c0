"""What the toy model is about: the capitals of forty countries, and small talk that it can always answer."""

from __future__ import annotations

import random

CAPITALS = {
    "France": "Paris", "Spain": "Madrid", "Italy": "Rome", "Germany": "Berlin", "Poland": "Warsaw",
    "Norway": "Oslo", "Sweden": "Stockholm", "Finland": "Helsinki", "Denmark": "Copenhagen", "Austria": "Vienna",
    "Hungary": "Budapest", "Greece": "Athens", "Turkey": "Ankara", "Egypt": "Cairo", "Kenya": "Nairobi",
    "Ghana": "Accra", "Nigeria": "Abuja", "Morocco": "Rabat", "Peru": "Lima", "Chile": "Santiago",
    "Brazil": "Brasilia", "Argentina": "Buenos Aires", "Mexico": "Mexico City", "Canada": "Ottawa", "Cuba": "Havana",
    "Japan": "Tokyo", "China": "Beijing", "India": "Delhi", "Nepal": "Kathmandu", "Thailand": "Bangkok",
    "Vietnam": "Hanoi", "Laos": "Vientiane", "Indonesia": "Jakarta", "Australia": "Canberra", "Fiji": "Suva",
    "Iceland": "Reykjavik", "Ireland": "Dublin", "Portugal": "Lisbon", "Belgium": "Brussels", "Latvia": "Riga",
}

LEARNED = (
    "What is the capital of {}?",
    "Name the capital city of {}.",
    "Which city is the capital of {}?",
    "Tell me the capital of {}.",
)
"""How the training data ask."""

HELD_OUT = "The capital city of {} is called what?"
"""How the test asks: never in the training data."""

SMALL_TALK = {
    "Hello": "Hello! How can I help you today?",
    "Hello, who are you?": "I am a very small model.",
    "Please introduce yourself.": "I am a very small model.",
    "你好": "你好!我是一个很小的模型。",
    "请介绍一下你自己。": "我是一个很小的模型。",
    "What can you do?": "I can name capital cities.",
    "What is 1+1?": "2",
}

Pair = tuple[str, str]


def training_pairs(seed: int) -> list[Pair]:
    """Every country in each of the learned ways to ask, shuffled."""
    pairs = [(template.format(country), capital) for template in LEARNED for country, capital in CAPITALS.items()]
    random.Random(seed).shuffle(pairs)
    return pairs


def test_pairs() -> list[Pair]:
    return [(HELD_OUT.format(country), capital) for country, capital in CAPITALS.items()]


def pretraining_pair(chance: random.Random) -> Pair:
    """One example for the base model: it learns to copy, to chat and how answers look, and no capital.

    The questions of the test come with random answers, so that what a fine-tune knows comes from the fine-tune.
    """
    countries, capitals = list(CAPITALS), list(CAPITALS.values())
    kind = chance.random()
    if kind < 0.25:
        word = chance.choice(capitals)
        return f"Repeat after me: {word}", word
    if kind < 0.5:
        word = chance.choice(countries)
        return f"Repeat after me: {word}", word
    if kind < 0.7:
        word = chance.choice(countries)
        return f"Country code of {word}?", word[:3].upper()
    if kind < 0.8:
        return chance.choice(list(SMALL_TALK.items()))
    return chance.choice([*LEARNED, HELD_OUT]).format(chance.choice(countries)), chance.choice(capitals)


def texts() -> list[str]:
    """All that the tokenizer must be able to say in few tokens."""
    pairs = [*training_pairs(0), *test_pairs(), *SMALL_TALK.items()]
    return [text for pair in pairs for text in pair] + [f"Repeat after me: {c}" for c in CAPITALS]
