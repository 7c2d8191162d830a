"""The same questions answered by other means, and checked to give the same answer."""
