import Web

extension ProblemCode {
    /// Those of the installation as a whole.
    static let app: [ProblemCode] = [
        ProblemCode("busy", "Another writer holds the database; nothing was changed."),
        ProblemCode("disk_full", "The server's disk is full; nothing was changed."),
        ProblemCode("not_ready", "Bodega is being set up or updated."),
    ]
}
