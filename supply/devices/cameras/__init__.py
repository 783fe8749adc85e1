"""Cameras that serve as scanners: frames in, scans out."""
