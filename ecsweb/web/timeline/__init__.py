"""The past on the pages: rows of it for the picture, the bar's events, recordings."""
