"""Running the platform: its own PostgreSQL, migrations, start-up. No room imports this."""
