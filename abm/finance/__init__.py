"""Who pays what to whom: own contribution, savings, and the ledger of reception."""
