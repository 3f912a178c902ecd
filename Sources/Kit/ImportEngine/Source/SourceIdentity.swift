import Glibc
import Jobs
package import Support
import Tables

/// What a file was when its import was asked for: how long, when changed, and how it begins and ends. Enough to tell at
/// once that another file stands there; that all of it is the same tells `ImportTable` while it reads.
package struct SourceIdentity: Sendable, Equatable {
    /// Bytes of the whole file.
    package var size: Int64
    /// When the content was changed last, in nanoseconds since 1970.
    package var modified: Int64
    /// A hash of the first and the last bytes of the table, as hexadecimal text.
    package var ends: String

    /// Bytes at each end that are looked at.
    private static let endBytes: Int64 = 64 << 10

    /// Looks at an open file.
    /// - Parameter range: where the table lies in it.
    package init(_ descriptor: Int32, _ range: Range<Int64>) throws(SystemError) {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else { throw SystemError("look at the file") }
        size = Int64(info.st_size)
        modified = Int64(info.st_mtim.tv_sec) * 1_000_000_000 + Int64(info.st_mtim.tv_nsec)
        var hash = SequenceHash(key: (0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03))
        for start in [range.lowerBound, max(range.lowerBound, range.upperBound - Self.endBytes)] {
            var bytes = [UInt8](repeating: 0, count: Int(min(Self.endBytes, range.upperBound - start)))
            let failure = bytes.withUnsafeMutableBytes { buffer in
                Result<Int, SystemError> { () throws(SystemError) in
                    try Files.read(descriptor, into: buffer, at: start, "the file")
                }
            }
            hash.add(Int64(try failure.get()))
            bytes.withUnsafeBytes { hash.add($0) }
        }
        ends = withUnsafeBytes(of: hash.value.bigEndian) { Array($0) }.hex
    }

    package init?(json: JSON?) {
        guard let json, let size = json["size"]?.intValue, let modified = json["modified"]?.intValue,
            let ends = json["ends"]?.stringValue
        else { return nil }
        (self.size, self.modified, self.ends) = (size, modified, ends)
    }

    package var json: JSON { ["size": .int(size), "modified": .int(modified), "ends": .string(ends)] }

    /// Whether it can be the same content: a file that was only copied or touched is.
    func fits(_ other: SourceIdentity) -> Bool { size == other.size && ends == other.ends }
}

/// The file of an import is not any more what it was when its first rows were read.
enum ChangedFile {
    /// Why a job cannot go on, and what becomes of what it has done.
    /// - Parameter books: what is done.
    static func error(_ books: Books) -> JobError {
        let done =
            books.created + books.updated == 0
            ? "Nothing was imported."
            : "What its first \(books.processed) rows have changed stays; you can undo it."
        return .failed(
            """
            The file has changed since this import began to read it, so the import cannot go on: rows of two files \
            would be mixed. \(done) Import the file again as it is now: rows that have not changed are left alone. Or \
            put the file back as it was and retry.
            """
        )
    }

    /// Does work that reads a file of an import; a change that a reader has come upon ends the job in plain words.
    static func told<T>(_ job: JobRun, _ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let fault as TableError where fault.isChange {
            throw error(job.state.books)
        }
    }
}
