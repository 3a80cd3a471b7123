"""Themes and workstreams, what they report as at a date, and the RAG schemes that rate them. Never a paper."""
