"""Barcode scanners, one file per way of connecting them."""
