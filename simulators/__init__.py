"""Devices that do not exist: they speak MQTT like real ones and know nothing of the collector."""
