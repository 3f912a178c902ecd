import Database
import Glibc
import Support
import TestSupport
import Testing

@testable import App

@Suite struct StartRequirementsTests {
    @Test func fewOpenFilesAreRefusedInWords() throws {
        let folder = TestFolder()
        try StartRequirements.check([folder.path], openFiles: 256)
        let error = #expect(throws: CommandError.self) {
            try StartRequirements.check([folder.path], openFiles: 64)
        }
        #expect(error?.description.contains("Only 64 files") == true)
        #expect(error?.description.contains("ulimit -n") == true)
    }

    /// Whatever command meets it, and whichever call it was.
    @Test func aFullDiskIsToldInWords() {
        for error: any Error in [
            SystemError("write /srv/products.csv", code: ENOSPC), SystemError("write /srv/products.csv", code: EDQUOT),
            DatabaseError(.sqlite(13), "database or disk is full", sql: "INSERT"),
        ] {
            let text = CommandLineTool.sentence(error)
            #expect(text.hasPrefix("The disk is full") && text.contains("Make room"))
            #expect(!text.contains("INSERT") && !text.contains("(13)"))
        }
        #expect(CommandLineTool.sentence(SystemError("open x", code: EMFILE)).contains("ulimit -n"))
        #expect(CommandLineTool.sentence(CommandError("As it is.")) == "As it is.")
    }
}
