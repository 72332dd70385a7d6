"""Errors: bad input, which the user can correct, and books that do not balance, which is a fault of the model."""


class InputError(ValueError):
    """Bad input: the message is one line that names the file, the key and the way out."""


class BooksError(AssertionError):
    """The books of the model do not balance: the message names the process or the rule, and the rows."""
