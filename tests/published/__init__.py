"""Tests of published questions."""
