"""Paid work: job coaches, employers, job search and job spells, income."""
