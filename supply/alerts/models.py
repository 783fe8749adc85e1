"""Tables of alerts and of the mails about them. Columns only."""
