"""Mutation testing of the pure machines: small errors are put into the code one at a time, and a test should fail.

``python -m tests.mutation --help`` says how to run it. It is not part of the normal run; ``survivors.md`` holds what
the last whole run gave, and why what survived did.
"""
