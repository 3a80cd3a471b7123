"""The one edge that knows HTTP: doors, problem documents, the JSON API and its reference. Never a rule about papers."""
