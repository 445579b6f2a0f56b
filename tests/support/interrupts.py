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

    def interrupt(frame, event):
        raise KeyboardInterrupt(f"at {frame.f_code.co_qualname}, line {frame.f_lineno}, {event}")

    hook = sys.unraisablehook
    sys.unraisablehook = lambda _: None  # Python swallows what is raised while it closes a generator.
    try:
        reached, _ = called_at(n, interrupt, action, *arguments)
    except KeyboardInterrupt as error:
        return error
    finally:
        sys.unraisablehook = hook
    return KeyboardInterrupt("swallowed") if reached else None


def called_at(n, handler, action, *arguments):
    """Run the action, and ``handler(frame, event)`` at its n-th step: whether that was reached, and the result."""
    left = n

    def trace(frame, event, _argument):
        nonlocal left
        frame.f_trace_opcodes = True
        left -= 1
        if left == 0:
            handler(frame, event)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = action(*arguments)
    finally:
        sys.settrace(before)
    return left <= 0, result
