"""A place with devices and a job: its scans and their answers, and who is signed on there."""
