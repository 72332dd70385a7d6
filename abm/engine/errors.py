"""The one kind of error that a person can mend: bad input, told in one line."""


class InputError(ValueError):
    """Bad input: the message is one line that names the file, the key and the way out."""


class BooksError(AssertionError):
    """The books of the model do not close: the message names the process and the rows."""
