"""Settings, wiring, jobs, command line: where everything meets."""
