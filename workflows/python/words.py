"""Counts the words of a text."""

from collections import Counter


def count(text: str) -> Counter[str]:
    """How often each word occurs, whatever its letters' case."""
    return Counter(word.strip(".,;:!?").lower() for word in text.split())
