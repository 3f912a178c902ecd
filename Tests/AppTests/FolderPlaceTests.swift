import Database
import Glibc
import Jobs
import Support
import TestSupport
import Testing

@testable import App

@Suite struct FolderPlaceTests {
    private let now = Timestamp(milliseconds: 1_795_000_000_000)

    private func made(_ path: String) throws -> DataFolder {
        let folder = DataFolder(path)
        try folder.make()
        try Composition.migrator.up(try Connection(path: folder.database, role: .maintenance), now: now)
        return folder
    }

    private func copy(_ folder: DataFolder, to path: String) throws -> DataFolder {
        mkdir(path, 0o700)
        for name in ["bodega.db", "bodega.place"] {
            try Files.replace("\(path)/\(name)", with: try Files.read("\(folder.path)/\(name)"))
        }
        return DataFolder(path)
    }

    /// One start: what it says, the id afterwards, whether the database is to be looked through.
    /// - Parameter checks: whether the check that it wants comes to its end.
    private func start(
        _ folder: DataFolder,
        ends: Bool = true,
        checks: Bool = true
    ) throws -> (notes: [String], id: String?, isTorn: Bool, doubt: FolderPlace.Doubt?) {
        let connection = try Connection(path: folder.database, role: .maintenance)
        let adoption = try FolderPlace(folder).adopt(connection, now: now)
        if ends, let claim = adoption.claim { close(claim) }
        let id = try DataFolderStore(connection).id()
        #expect(FolderPlace(folder).read()?.id == id && FolderPlace(folder).notes == adoption.notes)
        _ = try connection.checkpoint()
        if checks { try FolderPlace(folder).noteChecked() }
        return (adoption.notes, id, adoption.doubt == .copied, adoption.doubt)
    }

    @Test func aFolderKeepsItsIDAndSaysNothing() throws {
        let temporary = try TemporaryFolder()
        let folder = try made(temporary.file("a"))
        let first = try start(folder, checks: false)
        #expect(first.notes.isEmpty && first.id?.count == 36)
        #expect(try start(folder).isTorn, "the check that the first start wanted was interrupted")
        // Killed, started, stopped, started, by another name.
        let killed = try start(folder)
        #expect(killed.notes.isEmpty && killed.id == first.id)
        #expect(killed.doubt == .cutOff, "another database's log may lie beside one that was put back since")
        try FolderPlace(folder).noteEnd()
        symlink(folder.path, temporary.file("link"))
        let linked = try start(DataFolder(temporary.file("link")))
        #expect(linked.notes.isEmpty && linked.id == first.id && linked.doubt == nil)
    }

    /// A command that works in the folder of a stopped Bodega: a copy made meanwhile is looked through.
    @Test func aCommandMakesTheFolderUnclean() throws {
        let temporary = try TemporaryFolder()
        let folder = try made(temporary.file("a"))
        _ = try start(folder)
        try FolderPlace(folder).noteEnd()
        #expect(try FolderPlace(folder).noteWork())
        #expect(try !FolderPlace(folder).noteWork(), "a second command leaves the end to the first")
        #expect(try start(try copy(folder, to: temporary.file("b"))).doubt == .copied)
        try FolderPlace(folder).noteEnd()
        #expect(try start(try copy(folder, to: temporary.file("c"))).doubt == nil)
    }

    /// The file is the account's, and root's terminal shows what it says.
    @Test func notesHoldNoControlCharacters() throws {
        let temporary = try TemporaryFolder()
        let folder = try made(temporary.file("a"))
        _ = try start(folder)
        try FolderPlace(folder).add(note: "\u{1B}[2Jred\u{9B}31m\u{7}")
        #expect(FolderPlace(folder).notes.last == "[2Jred31m")
    }

    @Test func aMovedFolderGoesOn() throws {
        let temporary = try TemporaryFolder()
        let id = try start(try made(temporary.file("a"))).id
        #expect(rename(temporary.file("a"), temporary.file("b")) == 0)
        let moved = try start(DataFolder(temporary.file("b")))
        #expect(moved.id == id && !moved.isTorn)
        #expect(moved.notes.count == 1 && moved.notes[0].contains("stood at \(temporary.file("a")) and was moved here"))
        #expect(try start(DataFolder(temporary.file("b"))).notes.isEmpty, "once is enough")
    }

    @Test func aCopyGetsAnIDOfItsOwn() throws {
        let temporary = try TemporaryFolder()
        let folder = try made(temporary.file("a"))
        let id = try start(folder).id
        let place = try Files.read("\(folder.path)/bodega.place")
        let copied = try start(try copy(folder, to: temporary.file("b")))
        #expect(copied.id != id && copied.notes.count == 1 && copied.isTorn, "it was copied while it ran")
        #expect(copied.notes[0].contains("is a copy of \(folder.path), which is still there"))
        #expect(try Files.read("\(folder.path)/bodega.place") == place, "the original is not touched")
        try FolderPlace(folder).noteEnd()
        let whole = try start(try copy(folder, to: temporary.file("c")))
        #expect(whole.id != id && !whole.isTorn, "everything had ended")
        #expect(try start(folder).id == id)
    }

    /// Two copies of one that is gone: the second finds that the first runs.
    @Test func theSameIDNeverRunsTwice() throws {
        let temporary = try TemporaryFolder()
        let folder = try made(temporary.file("a"))
        let id = try start(folder).id
        let (first, second) = (
            try copy(folder, to: temporary.file("b")), try copy(folder, to: temporary.file("c"))
        )
        unlink("\(folder.path)/bodega.place")
        let running = try start(first, ends: false)
        #expect(running.id == id && running.notes.count == 1)
        let other = try start(second)
        #expect(other.id != id && other.id != nil)
        #expect(other.notes.count == 1 && other.notes[0].contains("runs on this machine"))
    }

    @Test func theDatabaseOfAnotherFolderIsTold() throws {
        let temporary = try TemporaryFolder()
        let (folder, other) = (try made(temporary.file("a")), try made(temporary.file("b")))
        let ids = [try start(folder).id, try start(other).id]
        try FolderPlace(folder).noteEnd()
        try Files.replace(folder.database, with: try Files.read(other.database))
        let started = try start(folder)
        #expect(!ids.contains(started.id) && started.notes.count == 1)
        #expect(started.notes[0].contains("put here from another one"))
    }

    /// The workers that a copied database names are those of the original.
    @Test func aCopyNamesNoWorkers() throws {
        let temporary = try TemporaryFolder()
        let folder = try made(temporary.file("a"))
        let connection = try Connection(path: folder.database, role: .maintenance)
        let order = JobStore.Order(kind: "x", displayName: "x")
        let job = try JobStore(connection).addClaimed(order, publicID: "u", now: now)
        #expect(job.worker != nil)
        _ = try connection.checkpoint()
        _ = try start(folder)
        #expect(try JobStore(connection).find(job.id)?.worker == nil, "nothing was noted yet")
        try connection.write { try connection.execute("UPDATE job SET worker = 'm/1/2', lease_until = 9") }
        _ = try start(folder)
        #expect(try JobStore(connection).find(job.id)?.worker == "m/1/2", "its own it may know")
        _ = try connection.checkpoint()
        let copied = try copy(folder, to: temporary.file("b"))
        _ = try start(copied)
        let its = try JobStore(try Connection(path: copied.database, role: .web)).find(job.id)
        #expect(its?.worker == nil && its?.leaseUntil.milliseconds == 0)
        #expect(try JobStore(connection).find(job.id)?.worker == "m/1/2")
    }
}
