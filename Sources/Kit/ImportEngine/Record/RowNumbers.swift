import Support

/// A number for some of the rows of a file: a sparse file without a name, so that memory does not grow with the rows
/// and nothing is left when the process goes.
struct RowNumbers: ~Copyable {
    private let file: OwnedDescriptor
    /// What an error calls it.
    private let name: String
    private var window = [Int64](repeating: 0, count: 8192)
    private var windowStart: Int64 = -1
    /// Whether no row has one.
    private(set) var isEmpty = true

    /// - Parameter folder: where the file is made.
    init(folder: String?, _ name: String) throws {
        self.name = name
        file = try Files.temporary(in: folder)
    }

    /// Gives a row its number; all of them before the first is asked for.
    mutating func set(_ row: Int64, _ number: Int64) throws {
        var number = number
        isEmpty = false
        try withUnsafeBytes(of: &number) { try Files.writeAll($0, to: file.raw, at: row * 8, name) }
    }

    /// The row's number; 0 where it has none. Fast for ascending rows.
    mutating func number(of row: Int64) throws -> Int64 {
        guard !isEmpty else { return 0 }
        if row < windowStart { return try single(row) }
        if windowStart < 0 || row >= windowStart + Int64(window.count) {
            windowStart = row
            try window.withUnsafeMutableBytes { buffer in
                buffer.initializeMemory(as: UInt8.self, repeating: 0)
                _ = try Files.read(file.raw, into: buffer, at: row * 8, name)
            }
        }
        return window[Int(row - windowStart)]
    }

    /// A look back, which leaves the window where it is.
    private func single(_ row: Int64) throws -> Int64 {
        var number: Int64 = 0
        let count = try withUnsafeMutableBytes(of: &number) { try Files.read(file.raw, into: $0, at: row * 8, name) }
        return count == 8 ? number : 0
    }
}
