"""Words that several tests of the API share."""

PROBLEM = "application/problem+json"
