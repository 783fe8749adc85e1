"""Tests of regulated waste."""
