"""The nouns of Pantau, the ports between its packages, and their errors. No I/O happens here."""
