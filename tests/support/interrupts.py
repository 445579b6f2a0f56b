"""Interrupts at every step: a trace function raises KeyboardInterrupt at the n-th line, bytecode, call or return."""

import sys

MOST = 5_000


def interruptions(action, prepare=lambda: None):
    """Run ``action(prepared)`` again and again, interrupted one step later each time, until it comes to its end.

    Yields (n, what was prepared, the interrupt) after each; the traceback is alive then, as it is in an ``except``.
    """
    for n in range(1, MOST):
        prepared = prepare()
        errors = [interrupted_at(n, action, prepared)]
        if errors[0] is None:
            return
        yield n, prepared, errors.pop()
    raise AssertionError(f"there are more than {MOST} steps")


def interrupted_at(n, action, *arguments):
    """Run the action with an interrupt at its n-th step; the interrupt, None if there are fewer steps."""
    left = n

    def trace(frame, event, _argument):
        nonlocal left
        frame.f_trace_opcodes = True
        left -= 1
        if left == 0:
            raise KeyboardInterrupt(f"at {frame.f_code.co_qualname}, line {frame.f_lineno}, {event}")
        return trace

    before, hook = sys.gettrace(), sys.unraisablehook
    sys.unraisablehook = lambda _: None  # Python swallows what is raised while it closes a generator.
    sys.settrace(trace)
    try:
        action(*arguments)
    except KeyboardInterrupt as error:
        return error
    finally:
        sys.settrace(before)
        sys.unraisablehook = hook
    return None if left > 0 else KeyboardInterrupt("swallowed")
