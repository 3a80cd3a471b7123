"""Paper formats: a Word template plus `format.toml`, in immutable versions. Never a paper's own text."""
