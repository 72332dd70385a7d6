"""The store: keeps runs and their outcomes on a disk or in an object store."""
