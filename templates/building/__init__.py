"""What the scripts of the shipped templates share: pieces of a Word file and of a paper; never what one format says."""
