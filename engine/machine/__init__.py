"""Programs as machine code: written in LLVM's language, compiled for this processor. Only `compiler` imports llvmlite.

Read in this order: `text` (lines, loops and functions in LLVM's language), `code` (an instruction becomes a line),
`loops`, `rows` and `products` (many runs, many rows, and the sums of products in a gradient), `numbers` and `math` (exp
and others on several numbers at once), `backend` (what a `Program` calls).
"""
