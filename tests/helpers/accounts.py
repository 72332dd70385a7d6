"""Balances of accounts, added up from the ledger."""

import numpy as np

from abm.tables.money import Account

# --- the ledger


def balances(state):
    """Euros in minus out of each account."""
    found = np.zeros(len(Account))
    for payer, payee, euros in zip(state.ledger.payer, state.ledger.payee, state.ledger.total, strict=True):
        found[payer] -= euros
        found[payee] += euros
    return found
