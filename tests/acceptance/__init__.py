"""What is promised of the whole, across its parts."""
