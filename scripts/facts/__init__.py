"""Rebuilds the tables of abm/facts/data from the files that their sources publish; docs/facts.md says from which."""
