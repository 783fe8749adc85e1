"""Tests of people, sign-in and permissions."""
