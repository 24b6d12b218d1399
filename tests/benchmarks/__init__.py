"""What an event costs, beside the peers, in one run: ``python -m tests.benchmarks``.

Run by hand; no test asserts a time.
"""
