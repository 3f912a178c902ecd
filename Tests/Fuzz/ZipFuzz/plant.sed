# The checksum of an entry is not looked at.
s/guard length == entry\.size, checksum == uLong\(entry\.checksum\) else/guard length == entry.size else/
