"""/jobs: what happens by itself."""

from supply.web.resource import resource

jobs = resource("jobs", "Jobs: what happens by itself")
