"""The graph's structure in memory: compact arrays that impact and root cause run on."""
