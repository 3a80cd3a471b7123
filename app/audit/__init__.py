"""What happened: an append-only, hash-chained log. Never a narrative, never a secret, and no foreign key."""
