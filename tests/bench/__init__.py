"""Tests of the benchmarks: that they run and say what they promise. Never how fast anything was."""
