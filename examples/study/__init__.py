"""Studies: many recipes, each from many seeds, and what came of them.

One seed says little about a recipe: the tutorial's own fails at XOR, and seven others in ten succeed. A study trains
every recipe of a grid from every seed and counts. To read in this order:

    recipes.py    what is varied, what it is tried on, and when an answer counts as right
    trainer.py    one program for all seeds: a network whose leaves are set anew for each
    blocks.py     the work, cut into pieces that any `concurrent.futures.Executor` can run
    cluster.py    the executor of a Dask cluster
    journal.py    the file that keeps what is finished, and from which a study is resumed
    summary.py    shares with their confidence intervals, medians and quartiles
    tables.py     the summary as text, CSV and JSON
    pictures.py   the summary as a heat map, the losses as bands
    options.py    the command line, and the presets
    command.py    the command: python -m examples.study
"""
