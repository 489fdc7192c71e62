"""What silences many at once, and who is not judged for its sake."""
