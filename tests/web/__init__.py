"""Tests of the screens and the HTTP interface."""
