"""Every error that crosses a package border.

PantauError
├── ConfigurationError      a file or setting is wrong; the program stops (exit 2) and lists all problems
├── Unavailable             a server, disk or broker is away for now; try again later
│   └── DiskFull            no space left; nothing was lost, nothing is acknowledged until there is
├── WriteRejected           the store refused for good (its reason is in the message)
├── NotPermitted            the store refuses us (401 / 403 / 404): stop and alarm, keep everything
├── NotFound                the thing asked for does not exist
├── Deposed                 another evaluator has taken over; drop everything and wait
├── Conflict                it moved on since the caller looked; `present` says where to
├── Invalid                 the caller's input is wrong; says what and where
│   └── Expired             it was right once, and is too old by now
└── DeliveryError           a notification could not be delivered (permanent or not)
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class PantauError(Exception):
    """Base of all errors of our own."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in one place: the file, the key in it, what is wrong and what to do."""

    file: str
    key: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.key}" if self.key else self.file
        return f"{place}: {self.message}"


class ConfigurationError(PantauError):
    """Everything wrong with the configuration, all at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))

    @classmethod
    def one(cls, file: str | Path, key: str, message: str) -> ConfigurationError:
        """The common case of a single problem."""
        return cls([Problem(str(file), key, message)])


class Unavailable(PantauError):
    """Away for now. The caller keeps what it has and tries again."""


class DiskFull(Unavailable):
    """No space left on the device."""


class WriteRejected(PantauError):
    """The store will never take this; `detail` is its own answer."""


class NotPermitted(PantauError):
    """The store does not let us in, or the place to write to does not exist."""


class NotFound(PantauError):
    """No such thing."""


class Deposed(PantauError):
    """Another process holds the lease by now; nothing was written."""


class Conflict(PantauError):
    """The thing moved on; `present` is its present state."""

    def __init__(self, message: str, present: str) -> None:
        self.present = present
        super().__init__(message)


class Invalid(PantauError):
    """The caller's input is wrong; `field` names where."""

    def __init__(self, message: str, field: str = "") -> None:
        self.field = field
        super().__init__(message)


class Expired(Invalid):
    """The caller's input was right once, and is too old by now."""


class DeliveryError(PantauError):
    """A notification was not delivered. `permanent`: trying again cannot help; `retry_after`: not for so many
    seconds, where the other side says so.
    """

    def __init__(self, message: str, *, permanent: bool, retry_after: float | None = None) -> None:
        self.permanent = permanent
        self.retry_after = retry_after
        super().__init__(message)
