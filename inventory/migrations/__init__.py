"""Schema versions: numbered, one transaction each. The service refuses a stale schema and names the command."""
