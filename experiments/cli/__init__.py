"""Parts of the command line, by subject."""
