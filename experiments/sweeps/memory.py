"""Memory: what a run takes, and what this machine has."""


class Most:
    """Most memory that this process was seen to hold [bytes]. Call it now and then, as the progress of a run."""

    def __init__(self):
        import psutil

        self._process = psutil.Process()
        self.bytes = 0
        self()

    def __call__(self, *progress: int) -> None:
        """Look again."""
        self.bytes = max(self.bytes, self._process.memory_info().rss)


def machine() -> int:
    """Memory of this machine [bytes]."""
    import psutil

    return psutil.virtual_memory().total
