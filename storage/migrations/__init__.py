"""Alembic's migrations of the relational tables; run by `storage.schema_version`."""
