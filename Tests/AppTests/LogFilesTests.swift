import Support
import TestSupport
import Testing

@testable import App

@Suite struct LogFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func fill(_ name: String, _ text: String, _ count: Int = 1000) throws {
        try folder.write(name, Array(String(repeating: text, count: count).utf8))
    }

    private func putAside(_ kept: Int) -> [String] { LogFiles(folder: folder.path, limit: 1000, kept: kept).putAside() }

    private func first(_ name: String) throws -> UInt8? { try Files.read(folder.file(name)).first }

    @Test func whatHasGrownIsPutAside() throws {
        for (round, text) in ["a", "b", "c", "d"].enumerated() {
            try fill("bodega.log", text)
            try fill("access.log", text, round == 3 ? 1000 : 999)
            #expect(putAside(3) == (round == 3 ? ["bodega.log", "access.log"] : ["bodega.log"]))
        }
        #expect(Files.names(in: folder.path) == ["access.log.1", "bodega.log.1", "bodega.log.2", "bodega.log.3"])
        #expect(try first("bodega.log.1") == UInt8(ascii: "d") && first("bodega.log.3") == UInt8(ascii: "b"))
        try fill("bodega.log", "e")
        #expect(putAside(1) == ["bodega.log"])
        #expect(Files.names(in: folder.path) == ["access.log.1", "bodega.log.1"])
        #expect(putAside(1) == [])
    }
}
