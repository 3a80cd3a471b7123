"""Who signs in and what they may do. Never who is named in a paper: that is `people`."""
