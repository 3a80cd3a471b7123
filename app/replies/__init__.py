"""Answers already given to requests that carried an `Idempotency-Key`. Never anything but the answer."""
