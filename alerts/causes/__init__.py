"""What silences many at once, and who is not judged for its sake."""

from alerts.causes.causes import LOOK_AGAIN, Causes

__all__ = ["LOOK_AGAIN", "Causes"]
