"""What a click on anything of the picture opens: the same sections for every kind of thing, in the same order."""
