"""What the nouns answer when they are asked."""
