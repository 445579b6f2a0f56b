"""A course: scripts that a person reads from top to bottom and runs, with exercises in between.

python -m examples.lessons                  the list of lessons
python -m examples.lessons 1                read lesson 1; its pictures go to lessons-output
python -m examples.lessons 1 --notebook     write it as a notebook
"""
