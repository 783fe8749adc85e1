"""Label printers: a finished 1-bit picture in, paper out."""
