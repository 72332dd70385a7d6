"""Payments: own contribution, savings, and the ledger of reception."""
