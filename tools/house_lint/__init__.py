"""The project's own rules, the ones no ready-made linter knows.

`python -m tools.house_lint` checks every file git knows or would add. Each rule is a small function with a
docstring that says why it is there. A line is excused by a comment on it (or, for a rule about a whole file,
anywhere in it) that names the rule and gives a reason:

    house-lint: skip <rule> because <reason>

An excuse without a reason, or for something that is not there, is itself reported.
"""
