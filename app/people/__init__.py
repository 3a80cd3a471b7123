"""Organisations and the persons named in papers, with their posts. Never who signs in: that is `accounts`."""
