"""What a refusal looks like: one line on standard error, and a status that is not 0."""


def refused(result: tuple[int, str, str], *words: str) -> None:
    code, _, err = result
    assert code == 2
    assert err.startswith("abm: ")
    assert err.count("\n") == 1, err
    for word in words:
        assert word in err, err
