import Glibc
import Support
import Testing

@Suite struct FilesTests {
    private func withFolder(_ work: (String) throws -> Void) throws {
        let folder = "/tmp/bodega-files-\(randomBytes(8).hex)"
        try Files.makeFolder(folder)
        defer {
            for name in Files.names(in: folder) where unlink("\(folder)/\(name)") != 0 { rmdir("\(folder)/\(name)") }
            rmdir(folder)
        }
        try work(folder)
    }

    @Test func replacesAtOnceAndLeavesNothingBehind() throws {
        try withFolder { folder in
            let path = "\(folder)/a"
            try Files.replace(path, with: [1, 2, 3])
            try Files.replace(path, with: [4, 5])
            #expect(try Files.read(path) == [4, 5])
            #expect(Files.size(path) == 2)
            #expect(Files.names(in: folder) == ["a"])
            var info = stat()
            #expect(stat(path, &info) == 0)
            #expect(info.st_mode & 0o777 == 0o600)
            try Files.sync(path)
            try Files.rename(path, to: "\(folder)/b")
            #expect(!Files.exists(path))
            #expect(Files.exists("\(folder)/b"))
        }
    }

    @Test func readsAndWritesAtAPlace() throws {
        try withFolder { folder in
            let file = try Files.temporary(in: folder)
            #expect(Files.names(in: folder).isEmpty)
            try [UInt8]([1, 2, 3]).withUnsafeBytes { try Files.writeAll($0, to: file.raw, at: 1 << 32, "it") }
            var bytes = [UInt8](repeating: 9, count: 5)
            let count = try bytes.withUnsafeMutableBytes {
                try Files.read(file.raw, into: $0, at: (1 << 32) - 1, "it")
            }
            #expect(count == 4 && bytes == [0, 1, 2, 3, 9])
            #expect(throws: SystemError.self) {
                let other = try Files.open("/dev/full", O_WRONLY)
                try [UInt8]([1]).withUnsafeBytes { try Files.writeAll($0, to: other.raw, "it") }
            }
            #expect(SystemError("write", code: ENOSPC).isDiskFull && !SystemError("write", code: EIO).isDiskFull)
        }
    }

    @Test func removesTemporaryFilesThatKeptTheirName() throws {
        try withFolder { folder in
            for name in ["bodega-temporary-1-ab", "bodega.db"] { try Files.replace("\(folder)/\(name)", with: []) }
            Files.removeLeftTemporaries(in: folder)
            #expect(Files.names(in: folder) == ["bodega.db"])
        }
    }

    @Test func aReplacementHasNoNameBeforeItIsWhole() throws {
        try withFolder { folder in
            let path = "\(folder)/a"
            do {
                let file = try FileReplacement(path)
                try Files.writeAll([1], to: file.descriptor, path)
                #expect(Files.names(in: folder).isEmpty, "nothing is left of a writer that is killed")
            }
            let first = try FileReplacement(path)
            let second = try FileReplacement(path)
            #expect(try first.placeIfMissing())
            #expect(try !second.placeIfMissing())
            try second.commit()
            #expect(Files.names(in: folder) == ["a"])
        }
    }

    @Test func leftoversOfReplacementsAreRemoved() throws {
        try withFolder { folder in
            for name in ["a.1.new", "b.22.new", "a.new", "a.x.new", ".1.new", "c.333.new"] {
                let file = try Files.open("\(folder)/\(name)", O_RDWR | O_CREAT)
                #expect(Files.size(of: file) == 0)
            }
            let writer = try Files.open("\(folder)/c.333.new", O_RDWR)
            #expect(flock(writer.raw, LOCK_EX | LOCK_NB) == 0)
            try Files.replace("\(folder)/a", with: [1])
            #expect(Files.names(in: folder) == [".1.new", "a", "a.new", "a.x.new", "b.22.new", "c.333.new"])
            FileReplacement.removeLeftovers(in: folder)
            let left = [".1.new", "a", "a.new", "a.x.new", "c.333.new"]
            #expect(Files.names(in: folder) == left, "one is being written")
        }
    }

    @Test func aFailedReplaceLeavesTheOldFile() throws {
        try withFolder { folder in
            try Files.makeFolder("\(folder)/taken")
            #expect(throws: SystemError.self) { try Files.replace("\(folder)/taken", with: [1]) }
            #expect(Files.names(in: folder) == ["taken"])
            #expect(throws: SystemError.self) { try Files.replace("\(folder)/none/x", with: [1]) }
        }
    }

    @Test func makesFoldersWithThoseAbove() throws {
        try withFolder { folder in
            try Files.makeFolder("\(folder)/one")
            try Files.makeFolder("\(folder)/one")
            #expect(Files.exists("\(folder)/one"))
            try Files.makeFolder("\(folder)/two/three")
            #expect(Files.names(in: "\(folder)/two") == ["three"])
            rmdir("\(folder)/two/three")
            try Files.replace("\(folder)/file", with: [])
            #expect(throws: SystemError.self) { try Files.makeFolder("\(folder)/file/x") }
            #expect(throws: SystemError.self) { try Files.makeFolder("\(folder)/file") }
        }
    }

    @Test func readsUpToALimit() throws {
        try withFolder { folder in
            let path = "\(folder)/big"
            let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
            try Files.replace(path, with: content)
            #expect(try Files.read(path) == content)
            #expect(try Files.read(path, limit: content.count) == content)
            do {
                _ = try Files.read(path, limit: content.count - 1)
                Issue.record("read over the limit")
            } catch {
                #expect((error as? SystemError)?.code == EFBIG)
            }
        }
    }

    @Test func errorsNameThePath() throws {
        do {
            _ = try Files.read("/nonexistent/file")
            Issue.record("read nothing")
        } catch {
            #expect(error.code == ENOENT)
            #expect(error.description == "open /nonexistent/file: No such file or directory")
        }
        #expect(Files.size("/nonexistent") == nil)
        #expect(Files.names(in: "/nonexistent").isEmpty)
        #expect(throws: SystemError.self) { try Files.writeAll([1], to: -1, "nothing") }
        #expect(try #require(Files.freeBytes(at: "/tmp")) > 0)
    }

    @Test func descriptorsAreClosedAndNotInherited() throws {
        let raw: Int32
        do {
            let file = try Files.open("/dev/null", O_RDONLY)
            raw = file.raw
            #expect(fcntl(raw, F_GETFD) & FD_CLOEXEC != 0)
        }
        // Another test may have been given the number meanwhile, but not for the same file.
        let released = try Files.open("/dev/zero", O_RDONLY).release()
        #expect(fcntl(released, F_GETFD) >= 0)
        close(released)
        #expect(raw >= 0)
    }
}
