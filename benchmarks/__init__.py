"""How fast Boardpapers is, beside docxtpl, on the same work in the same run: `uv run python -m benchmarks`.

Here live the workload, the engines, the service around them and the table that is printed. Never here: a test, and
nothing that the program itself needs. What is measured is a ratio: machines differ and are busy, a ratio holds.
"""
