"""The benchmarks of this machine: the product beside the least that the same work can cost."""
