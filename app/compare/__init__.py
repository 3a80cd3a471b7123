"""What changed from one document to another, in words a reader can follow. Never a judgement, never a change."""
