"""Questions across packages; reads only."""
