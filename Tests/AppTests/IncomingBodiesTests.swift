import Glibc
import Process
import Support
import TestSupport
import Testing
import Web

@testable import App

@Suite struct IncomingBodiesTests {
    @Test func whatLiesThereIsBounded() throws {
        let folder = TestFolder()
        let bodies = IncomingBodies(folder: folder.path)
        #expect(bodies.bytes == 0)
        try Files.replace("\(folder.path)/0000000001", with: [UInt8](repeating: 1, count: 600))
        try Files.replace("\(folder.path)/0000000002", with: [UInt8](repeating: 1, count: 300))
        #expect(bodies.bytes == 900)
        #expect(bodies.refusal(length: 100, limit: 1000) == nil)
        let refusal = try #require(bodies.refusal(length: 101, limit: 1000))
        #expect(refusal.status == 503 && refusal.code == "spool_full" && refusal.headers["Retry-After"] == "30")
        #expect(bodies.refusal(length: nil, limit: 1000) == nil, "a length that nobody knows")
        #expect(bodies.refusal(length: nil, limit: 900) != nil)
        #expect(bodies.refusal(length: .max, limit: 1000) != nil)
    }

    @Test func aBodyForWhichThereIsNoRoomIsRefused() throws {
        let folder = TestFolder()
        let bodies = IncomingBodies(folder: folder.path)
        let room = try #require(Files.room(at: bodies.folder))
        let refusal = try #require(bodies.refusal(length: room.bytes + (1 << 40), limit: .max))
        #expect(refusal.status == 507 && refusal.code == "disk_full" && refusal.headers["Retry-After"] == "60")
        #expect(bodies.lossOfBody.status == 500, "there is room, so something else was in the way")
    }

    @Test func onlyWhatNobodyHasOpenIsRemoved() throws {
        let folder = TestFolder()
        let bodies = IncomingBodies(folder: folder.path)
        try Files.replace("\(folder.path)/left", with: [1])
        let open = try Files.open("\(folder.path)/open", O_RDWR | O_CREAT)
        #expect(bodies.sweep { [getpid()] } == 1)
        #expect(Files.names(in: folder.path) == ["open"])
        #expect(bodies.sweep { [getpid(), -7] } == 0, "a process that has ended is none")
        close(open.release())
        #expect(bodies.sweep { [getpid()] } == 1 && bodies.bytes == 0)
    }
}
