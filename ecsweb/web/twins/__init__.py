"""Two clusters or services side by side: read, compared, and told to do the same."""
