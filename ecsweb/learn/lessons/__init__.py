"""Labs and incidents: data files, what they ask of the live account, and how a person's way through one is kept."""
