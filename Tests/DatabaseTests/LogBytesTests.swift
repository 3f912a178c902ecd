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
        let before = try locks(on: "\(folder)/test.db-shm")
        #expect(before > 0)
        #expect(connection.logBytes > 0)
        #expect(try locks(on: "\(folder)/test.db-shm") == before)
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

    /// Locks that this process holds on the file. The table of all locks is of no use: it is read in pieces, and locks of
    /// other tests come and go meanwhile.
    private func locks(on path: String) throws -> Int {
        var count = 0
        for number in Files.names(in: "/proc/self/fd") where Files.isSame("/proc/self/fd/\(number)", path) {
            // Another test may just have closed it.
            let facts = (try? Files.read("/proc/self/fdinfo/\(number)")) ?? []
            count += String(decoding: facts, as: UTF8.self).split(separator: "\n").count { $0.hasPrefix("lock:") }
        }
        return count
    }
}
