"""Stories of what a format says in its `format.toml`, from the facts file to the page."""
