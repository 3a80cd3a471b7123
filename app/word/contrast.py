"""How well letters in one colour can be read on another."""

LEAST_CONTRAST = 4.5
"""What letters must reach on what is behind them (WCAG 2.2, success criterion 1.4.3, level AA)."""


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours written RRGGBB, from 1 (equal) to 21 (black on white).

    As defined at https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio.
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance, from 0 (black) to 1 (white): https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
