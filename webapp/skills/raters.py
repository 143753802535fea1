"""How far people differ who rate such videos: the band that any total score is to be read in.

LASANA (1,217 trials of box-trainer exercises with two to four raters, 3,632 ratings of four items from 1 to 5), as
`python -m inference.evaluate skill --data DIR --protocol raters` prints it. Of totals: of a single item more is to be
expected.
"""

# 95 % of ratings lie within this share of the scale around the mean of a trial's raters.
BAND_SHARE = 0.305
# Of a single rater, one-way random effects.
ICC = 0.45
SOURCE = "LASANA: 1,217 box-trainer trials, 3,632 ratings"
