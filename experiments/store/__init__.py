"""Where runs are kept, and on which file system."""
