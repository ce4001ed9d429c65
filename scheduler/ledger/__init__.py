"""The ledger's tables, migrations and queries; the only place with database models."""
