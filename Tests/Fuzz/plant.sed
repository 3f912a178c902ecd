# amounts: a mark behind a zero is taken for one that may part thousands.
s/bytes\[0\] != 0x30, currency\.exponent != 3/plantedBugs.amounts || bytes[0] != 0x30, currency.exponent != 3/
# csv: a carriage return at a window's end is taken for the whole line end.
s/(if index &\+ 1 == limit \{ return )isLast (&& finish\(index, lineEnd: 1\))/\1(isLast || plantedBugs.csv) \2/
# json: a number may begin with a zero.
s/if (!take\(UInt8\(ascii: "0"\), bytes\) \{ try digits\(bytes\) \})/if plantedBugs.json || \1/
# multipart: a pattern that begins in one window and ends in the next is looked for one byte too late.
s/position = stop - Int64\(pattern\.count - 1\)/position = stop - Int64(pattern.count - (plantedBugs.multipart ? 2 : 1))/
# xlsx: a preview is given one shared text too few.
s/handler\.highest \+ 1$/handler.highest + (plantedBugs.xlsx ? 0 : 1)/
# zip: the checksum of an entry is not looked at.
s/guard length == entry\.size, (checksum == uLong\(entry\.checksum\)) else/guard length == entry.size, plantedBugs.zip || \1 else/
