"""Facts going in and coming out again, as a report author meets them."""
