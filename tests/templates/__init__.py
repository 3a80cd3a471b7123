"""The templates that Boardpapers ships: rebuilt, filled with a paper that has everything, and opened again."""
