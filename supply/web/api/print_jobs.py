"""/print-jobs: the queue of labels."""

from supply.web.resource import resource

print_jobs = resource("print jobs", "Print jobs: the queue of labels")
