"""Exercises: a learner builds an engine of their own, and is told which mistake they made.

The idea is to ask the same question of three engines: theirs, ours, and ours with one mistake. Where the first two
differ, something is wrong; where the first and the third agree, the mistake has a name. In order of reading:

    table      the exercises, and the functions that each is about
    graphs     random computation graphs, and how a wrong one is made smaller
    questions  what an engine is asked, and how its answer is written down
    merging    an engine made of two: what the learner has solved is theirs, the rest is lent from ours
    mistakes   our engine with one mistake, made by changing its syntax ``trees``: `mutations` of our functions, and of
               the ``rows`` of the table of primitives
    worker     a process of its own for the learner's code, with limits of time and memory
    checking   the first wrong answer, and the mistake that gives it
    report     how it is told, in words and in a picture
    folder     the learner's files, and how far they are

Our own solutions stand in ``engine``, mistakes that are told by whole functions in ``classics``.
"""
