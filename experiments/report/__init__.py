"""The page of a run, its charts and its map."""
