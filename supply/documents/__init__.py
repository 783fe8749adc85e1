"""PURE: plain values in, PDF or spreadsheet out."""
