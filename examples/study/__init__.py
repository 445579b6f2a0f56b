"""Studies: many recipes, each from many seeds, and what came of them.

One seed says little about a recipe: the tutorial's own fails at XOR, while seven in ten succeed. A study trains
every recipe of a grid from every seed, and counts. To be read in this order:

    recipes.py    what is varied, what it is tried on, and when an answer counts as right
    trainer.py    one program for all seeds: a network whose leaves are reset for each
    work.py       the work in pieces, which any `concurrent.futures.Executor` can do
    cluster.py    the executor of a Dask cluster
    journal.py    the file that keeps what is finished, and from which a study is resumed
    summary.py    shares with their confidence intervals, medians and quartiles; text, CSV and JSON
    pictures.py   the shares as a heat map, the losses as bands
    options.py    the command line, and the presets
    command.py    the command: python -m examples.study
"""
