"""What somebody typed into a page and has not sent yet, so that nothing is lost. Never a fact, never another's."""
