"""Designs of experiments: the runs that a design file asks for."""
