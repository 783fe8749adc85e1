"""The demonstration office: a stocked practice with three years behind it, the same for everybody on the same day."""
