"""What the product does by itself: the lease that makes one worker the only one, and (later) the timetable."""
