"""The paper, the font and the colours of every shipped template.

Lengths are in twips (1/1440 inch).
"""

LANGUAGE = "en-GB"
FONT = "Arial"

PAGE_WIDTH, PAGE_HEIGHT = 11906, 16838  # A4
SIDE_MARGIN = 1417  # 2.5 cm
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE_MARGIN
NUMBER_WIDTH = 851  # 1.5 cm: room for “10.0” in front of a heading

ACCENT = "1F3864"
TINT = "E4EAF4"
RULE = "A6AFBF"
QUIET = "4A5260"
TAG = "6B7280"
LINK = "1D4F91"
TEXT, PAPER = "000000", "FFFFFF"
RATING_COLOURS = ("C62828", "FFBF00", "2E7D32", "616161")
GAP_TEXT, GAP_TINT, GAP_RULE = "8E1B1B", "FDECEA", "C62828"
