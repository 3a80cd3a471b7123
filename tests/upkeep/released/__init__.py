"""One backup of a populated database for each schema that was released, by the revision of the schema."""
