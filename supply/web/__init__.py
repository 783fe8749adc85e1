"""The screens and the HTTP interface: thin, and the only package that knows a request."""
