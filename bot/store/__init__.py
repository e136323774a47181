"""The database: tables, transactions and migrations. SQLAlchemy lives here and nowhere else."""
