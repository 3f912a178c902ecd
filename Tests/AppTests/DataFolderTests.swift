import Database
import Glibc
import Support
import TestSupport
import Testing

@testable import App

@Suite struct DataFolderTests {
    private func mode(_ path: String) -> mode_t {
        var info = stat()
        return stat(path, &info) == 0 ? info.st_mode & 0o7777 : 0
    }

    /// What an earlier version left readable for everybody is corrected at the start; what a link leads to is not ours.
    @Test func theFilesOfTheDatabaseAreNotForEverybody() throws {
        let temporary = try TemporaryFolder()
        let folder = DataFolder("\(temporary.path)/data")
        try folder.make()
        let names = ["", "-wal", "-shm", "-gate-prio", "-gate-queue", "-gate-write"]
        let files = ["bodega.db", "bodega.db-search"].flatMap { file in names.map { "\(folder.path)/\(file)\($0)" } }
        for file in files {
            try Files.replace(file, with: [], mode: 0o644)
            chmod(file, 0o666)
        }
        let other = "\(temporary.path)/other"
        try Files.replace(other, with: [])
        chmod(other, 0o604)
        unlink(files[1])
        symlink(other, files[1])
        try folder.make()
        for file in files where file != files[1] { #expect(mode(file) == 0o640, "\(file)") }
        #expect(mode(other) == 0o604)
        for inner in [folder.secrets, folder.spool, folder.uploads] { #expect(mode(inner) == 0o700, "\(inner)") }
    }

    /// Links that its user makes there would be followed as root.
    @Test(.enabled(if: geteuid() == 0)) func rootDoesNotWorkInTheFolderOfAnother() throws {
        let temporary = try TemporaryFolder()
        let folder = DataFolder(temporary.path)
        try folder.make()
        #expect(chown(folder.path, 12_345, 12_345) == 0)
        #expect(throws: CommandError.self) { try folder.make() }
        #expect(throws: CommandError.self) { _ = try folder.open(.maintenance) }
        let told = #expect(throws: CommandError.self) { try folder.refuseForeign() }
        #expect(told?.description.contains(folder.path) == true && told?.description.contains("12345") == true)
        #expect(chown(folder.path, 0, 0) == 0)
        try folder.make()
    }
}
