import Web

extension ProblemCode {
    /// Those of the installation as a whole.
    static let app: [ProblemCode] = [
        ProblemCode("busy", "Another writer holds the database; nothing was changed."),
        ProblemCode("disk_full", "The server's disk is full; nothing was changed."),
        ProblemCode("downloads_busy", "As many downloads run as there may be at a time."),
        ProblemCode("not_ready", "Bodega is being set up or updated."),
        ProblemCode("spool_full", "The bodies under way fill the room for them."),
        ProblemCode("too_many_downloads", "As many downloads of this user run as one may have at a time."),
    ]
}
