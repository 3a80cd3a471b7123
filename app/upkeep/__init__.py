"""Keeping the service sound: its database at the newest schema, what it holds proved. Never a paper's own text."""
