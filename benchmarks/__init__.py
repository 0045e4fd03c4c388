"""Benchmarks: hot paths as ratios against a named peer or limit, both measured in the same run."""
