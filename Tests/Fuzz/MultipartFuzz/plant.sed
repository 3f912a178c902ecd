# A pattern that begins in one window and ends in the next is looked for one byte too late.
s/position = stop - Int64\(pattern\.count - 1\)/position = stop - Int64(pattern.count - 2)/
