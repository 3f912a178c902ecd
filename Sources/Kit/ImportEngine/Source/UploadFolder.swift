/// Where uploads stay while jobs work on them; on the same disk as nginx's bodies, so that claiming one is a rename.
package struct UploadFolder: Sendable, Equatable {
    package let path: String
    /// The largest upload, in bytes.
    package let limit: Int64

    package init(_ path: String, limit: Int64) {
        self.path = path
        self.limit = limit
    }
}
