"""Rules over arriving readings, the life of alerts, and telling people."""
