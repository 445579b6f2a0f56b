"""A course: scripts that a person reads from top to bottom and runs, with exercises in between.

python -m examples.lessons                  the list of lessons
python -m examples.lessons 1                read lesson 1; its pictures go to lessons-output
python -m examples.lessons 1 --notebook     write it as a notebook
python -m examples.lessons start my_engine  make a folder with files for the exercises
python -m examples.lessons check            say how far you are in them, and what is wrong
python -m examples.lessons hint             give a hint; ``solution`` shows ours
python -m examples.lessons finish           your engine trains XOR, is drawn, and races ours
"""
