"""Tests of JSON that is read while it arrives."""
