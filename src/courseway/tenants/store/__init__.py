"""Tables of the tenants room and their queries: people, credentials, and the audit trail."""
