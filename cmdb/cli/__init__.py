"""The command `cmdb`."""
