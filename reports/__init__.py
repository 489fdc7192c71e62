"""What is owed on paper."""
