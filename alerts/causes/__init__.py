"""What silences many at once, and who is not judged for its sake."""

from alerts.causes.causes import Causes
from alerts.causes.situation import LOOK_AGAIN

__all__ = ["LOOK_AGAIN", "Causes"]
