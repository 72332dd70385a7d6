"""Memory that a run takes, and that this machine has."""


class Peak:
    """Peak memory of this process [bytes], as far as observed: call it regularly, as the progress of a run."""

    def __init__(self):
        import psutil

        self._process = psutil.Process()
        self.bytes = 0
        self()

    def __call__(self, *progress: int) -> None:
        """Observe the memory in use now."""
        self.bytes = max(self.bytes, self._process.memory_info().rss)


def machine() -> int:
    """Memory of this machine [bytes]."""
    import psutil

    return psutil.virtual_memory().total
