"""Rounds: who is asked to report by when, and what was answered, by whom. Never the text of an update."""
