"""Ways to solve the benchmark's problems, one module a library: ``solve(problem)`` gives a Solution, or None."""
