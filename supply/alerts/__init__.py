"""What people must be told: one open alert for each cause, acknowledged, cleared by itself, mailed once."""
