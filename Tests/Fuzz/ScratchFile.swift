import Glibc

/// A nameless file that is filled anew for each input, for parsers that read from a descriptor.
struct ScratchFile {
    let descriptor: Int32
    private(set) var size: Int64 = 0

    init() {
        var name = Array("/tmp/bodega-fuzz-XXXXXX".utf8CString)
        descriptor = mkstemp(&name)
        unlink(name)
    }

    mutating func fill(_ bytes: [UInt8]) {
        size = Int64(bytes.count)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            fatalError("the scratch file cannot be written")
        }
    }
}
