"""Tests of supply.documents."""
