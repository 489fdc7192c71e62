"""Everything kept on disk or in a database: journal, reading stores, registry, alerts, accounts."""
