"""Tests of the JSON interface: one file per endpoint, works first, then each refusal."""
