import Glibc
import Process
import Support
import TestSupport
import Testing

@Suite struct SocketTests {
    @Test func listenerHasItsModeAndFlagsWhateverTheUmask() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/a.sock"
        let listener = try Listener(path: path)
        var info = stat()
        #expect(stat(path, &info) == 0)
        #expect(info.st_mode & 0o777 == 0o660)
        #expect(fcntl(listener.descriptor.raw, F_GETFL) & O_NONBLOCK != 0)
        #expect(fcntl(listener.descriptor.raw, F_GETFD) & FD_CLOEXEC != 0)
        _ = try connect(toSocket: path)
        #expect(Files.names(in: folder.path) == ["a.sock"])
    }

    @Test func aNewListenerTakesThePlaceOfAnOldOne() throws {
        let folder = TestFolder()
        let path = "\(folder.path)/a.sock"
        let old = try Listener(path: path)
        let new = try Listener(path: path)
        _ = try connect(toSocket: path)
        #expect(accept(old.descriptor.raw, nil, nil) == -1)
        let accepted = accept(new.descriptor.raw, nil, nil)
        #expect(accepted >= 0)
        close(accepted)
    }

    @Test func aPathThatDoesNotFitIsAnError() {
        let path = "/tmp/\(String(repeating: "x", count: 110))"
        #expect(throws: SystemError.self) { _ = try Listener(path: path) }
    }

    @Test func runtimeFolderIsShortAndOwn() throws {
        let long = "/srv/\(String(repeating: "very/long/", count: 20))var"
        let root = RuntimeFolder.path(for: long, user: 0, environment: { _ in nil })
        #expect(root.hasPrefix("/run/bodega-") && root.utf8.count == 20)
        #expect(root != RuntimeFolder.path(for: "/srv/other", user: 0, environment: { _ in nil }))
        let folder = TestFolder()
        chmod(folder.path, 0o777)
        #expect(throws: SystemError.self) { try RuntimeFolder.make(folder.path) }
        try RuntimeFolder.make("\(folder.path)/own")
    }
}
