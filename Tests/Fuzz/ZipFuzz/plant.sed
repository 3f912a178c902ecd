# An entry may lie behind the end of the archive.
s/, entry\.packedSize <= range\.upperBound - first else/ else/
