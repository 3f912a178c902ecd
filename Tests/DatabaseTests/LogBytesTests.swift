import Database
import Glibc
import Support
import Testing

@Suite struct LogBytesTests {
    /// A process that loses its locks on the shared index loses them silently: the next one to open the database takes
    /// itself for the only one and cuts the index short under those that have it mapped.
    @Test func keepsTheLocksOfTheSharedIndex() throws {
        let folder = "/tmp/bodega-log-bytes-\(getpid())"
        try Files.makeFolder(folder)
        defer { for name in Files.names(in: folder) + [""] { remove("\(folder)/\(name)") } }
        let connection = try Connection(path: "\(folder)/test.db", role: .web)
        try connection.write(.normal) { try connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT") }
        var index = stat()
        try #require(stat("\(folder)/test.db-shm", &index) == 0)
        let before = try locks(inode: UInt64(index.st_ino))
        #expect(before > 0)
        #expect(connection.logBytes > 0)
        #expect(try locks(inode: UInt64(index.st_ino)) == before)
    }

    @Test func isNothingAfterACheckpoint() throws {
        let folder = "/tmp/bodega-log-bytes-2-\(getpid())"
        try Files.makeFolder(folder)
        defer { for name in Files.names(in: folder) + [""] { remove("\(folder)/\(name)") } }
        let connection = try Connection(path: "\(folder)/test.db", role: .web)
        try connection.write(.normal) { try connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT") }
        #expect(connection.logBytes == 3 * (4096 + 24) || connection.logBytes == 2 * (4096 + 24))
        try connection.checkpoint()
        #expect(connection.logBytes == 0)
        #expect(try Connection.inMemory().logBytes == 0)
    }

    /// Locks that this process holds on the file.
    private func locks(inode: UInt64) throws -> Int {
        String(decoding: try Files.read("/proc/locks"), as: UTF8.self).split(separator: "\n").filter { line in
            let fields = line.split(separator: " ")
            return fields.contains("\(getpid())"[...]) && fields.contains { $0.hasSuffix(":\(inode)") }
        }.count
    }
}
