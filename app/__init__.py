"""Boardpapers: a document assembly service for board papers."""
