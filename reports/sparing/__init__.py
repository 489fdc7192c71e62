"""SPARING: sending to the ministry's server. Off unless the settings say otherwise."""
