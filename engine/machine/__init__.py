"""The list of instructions for this processor: LLVM's language, compiled. `compiler` alone imports llvmlite.

Read in this order: `text` (lines of LLVM's language), `code` (an instruction becomes a line), `loops` and `rows` (many
runs, many rows), `math` (exp and others on several numbers at once), `backend` (what a `Program` calls).
"""
