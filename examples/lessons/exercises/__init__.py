"""Exercises: a learner builds an engine of their own, and is told which mistake they made.

The idea is to ask the same question of three engines: theirs, ours, and ours with one mistake. Where the first two
differ, something is wrong; where the first and the third agree, the mistake has a name. In order of reading:

    table      the exercises, and the functions that each is about
    merging    an engine made of two: what the learner has solved is theirs, the rest is lent from ours
    questions  what an engine is asked, and how its answer is written down
    graphs     random computation graphs, and how a question is made smaller
    asking     the questions of each exercise (lines: what they are made of)
    mistakes   our engine with one mistake: made from our source (mutations, trees), from the table of primitives
               (rows), and written by hand (classics)
    worker     a process of its own for the learner's code, with limits of time and memory
    checking   the first wrong answer, and the mistake that gives it
    report     how it is told, in words and in a picture (pictures)
    folder     the learner's files, and how far they are; commands, what is done with them
    finish     the learner's engine trains, is drawn, and races ours (graduate: in a process of its own)

Our own solutions stand in ``engine``, mistakes that are told by whole functions in ``classics``.
"""
