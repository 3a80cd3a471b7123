"""Words of a document or template as a sentence about them quotes them."""

_LOOKED_AT = 1_000


def quoted(words: str, most: int = 80) -> str:
    """The words on one line, cut where they have more than `most` characters."""
    words = " ".join(words[:_LOOKED_AT].split())  # a paragraph of very many faults is quoted for each
    return words if len(words) <= most else f"{words[: most - 1]}…"
