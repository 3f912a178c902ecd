# A delimiter of which all but one byte stand before a window's end is overlooked.
s/stop - Int64\(pattern\.count - 1\)/stop - Int64(pattern.count - 2)/
