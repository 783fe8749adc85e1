"""What the office owns, where it is, which lot it is, and the ledger that proves it."""
