"""Settings, wiring, jobs, command line: where everything meets."""

VERSION = "0.1.0"
