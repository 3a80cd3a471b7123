"""What was produced, for ever: numbered documents with everything needed to prove them. Never a draft's facts."""
