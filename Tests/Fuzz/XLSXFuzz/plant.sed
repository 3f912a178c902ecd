# A preview is given one shared text too few.
s/handler\.highest \+ 1$/handler.highest/
