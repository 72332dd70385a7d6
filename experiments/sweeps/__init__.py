"""Sweeps: make the runs of a design on this machine or on a cluster, with their cost and progress."""
