"""The data dictionary: every table, column, unit and meaning, by domain."""
