"""Plans (one edition each) and the tree of their items that workstreams serve."""
