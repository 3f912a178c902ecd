import Glibc

/// Whether sweeps go over all their seeds: `deploy/test --long`. Otherwise each property is tried on a few.
public let isLongRun = getenv("BODEGA_LONG").map { $0.pointee != 0 } ?? false

/// The seeds of a property: the first `few`, in a long run the first `many`.
public func seeds(_ few: Int, long many: Int) -> ClosedRange<Int> { 1...(isLongRun ? many : few) }
