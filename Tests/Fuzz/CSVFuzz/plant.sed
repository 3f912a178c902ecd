# A carriage return at a window's end is taken for the whole line end.
s/(if index &\+ 1 == limit \{ return )isLast && (finish\(index, lineEnd: 1\))/\1\2/
