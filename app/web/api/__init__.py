"""The JSON API, `/api/v1`: routes that take, do and give. Never SQL, never a rule that the command line needs too."""
