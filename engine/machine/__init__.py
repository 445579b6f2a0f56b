"""Programs as machine code: written in LLVM's language, compiled for this processor. Only `compiler` imports llvmlite.

Read in this order: `text` (lines, loops and functions in LLVM's language), `code` (an instruction becomes a line),
`memory` and `frame` (where numbers lie), `kernels` (a loop nest in lanes and tiles) and `lanes` (which loop runs in
them), `sharing` (what nests have in common), `parts` (a function as several), `loops` and `registers` (many runs),
`rows`, `turning` and `blocking` (sums over many rows), `numbers` and `math` (exp and others on several numbers at
once), `leaves` (read and stored), `backend` (what a `Program` calls); `origins`, `traced` and `located` (the nodes
of a graph behind each line, down to the processor's instructions).
"""
