/// Where uploads stay while jobs work on them; on the same disk as nginx's bodies, so that claiming one is a rename.
package struct UploadFolder: Sendable, Equatable {
    package let path: String

    package init(_ path: String) {
        self.path = path
    }
}
