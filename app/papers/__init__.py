"""What a board will read: front sheet, sections of ordered blocks, chosen workstreams. Never a produced file."""
