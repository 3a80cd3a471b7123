"""Pictures that narratives may show: checked, re-encoded, without metadata. Never where one is used."""
