import Database
import Glibc
import Jobs
import Process
import Support

/// Which data folder this is and where it stood last: tells a copy and a moved folder from one that only starts again.
///
/// The id stands in the database and in a file beside it. The file also says where the folder was, which file the
/// database was, and whether everything had ended when it was written last; a copy of the folder brings it along.
struct FolderPlace {
    /// What the file says.
    struct Record: Equatable {
        var id: String
        /// The folder, links followed.
        var path: String
        var database: FileIdentity?
        /// Whether everything had ended: then a copy made since is whole.
        var isClean: Bool
        /// Whether the database may be a torn copy and no check of it has ended yet.
        var isUnchecked = false
        /// What the last start had to say, for the person at the terminal.
        var notes: [String] = []
    }

    /// How the folder stands to the one that was noted.
    enum Standing: Equatable {
        /// Nothing was noted yet.
        case new
        case same
        /// The same place with another file as its database.
        case replaced
        case moved(from: String)
        case copied(from: String)
    }

    private let folder: DataFolder
    private let file: String

    init(_ folder: DataFolder) {
        self.folder = folder
        file = "\(folder.path)/bodega.place"
    }

    // MARK: Deciding

    /// - Parameters:
    ///   - stored: the id in the database.
    ///   - path: where the folder is now, links followed.
    ///   - database: which file its database is now.
    ///   - original: which file the database of the folder at a path is, if the noted id is its id.
    static func standing(
        _ record: Record?,
        path: String,
        database: FileIdentity?,
        original: (String) -> FileIdentity?
    ) -> Standing {
        guard let record else { return .new }
        if record.path == path { return record.database == database ? .same : .replaced }
        guard let other = original(record.path) else { return .moved(from: record.path) }
        // One folder can have two names.
        return other == database ? .same : .copied(from: record.path)
    }

    /// Why a start has the database looked through.
    enum Doubt: Equatable {
        /// It may have been copied while it was written; the start waits a little for the outcome.
        case copied
        /// Bodega was cut off. That harms nothing, but a database that was put back since, beside the log of the one
        /// before, is the same file to every eye and mixed up with that log.
        case cutOff
    }

    static func doubt(_ record: Record?, database: FileIdentity?) -> Doubt? {
        guard let record, !record.isUnchecked else { return .copied }
        if record.isClean { return nil }
        return record.database == database ? .cutOff : .copied
    }

    // MARK: Starting

    /// What a start has found.
    struct Adoption {
        /// The open socket that holds the id on this machine, see `MachineClaim`; nil when that cannot be had.
        let claim: Int32?
        /// For the log and for the person at the terminal.
        let notes: [String]
        let doubt: Doubt?
    }

    /// Makes this place the folder's own: gives a new folder and a copy an id of their own, and notes where it stands.
    /// Call under the folder's lock, before anything works on jobs.
    func adopt(_ connection: Connection, now: Timestamp) throws -> Adoption {
        let record = read()
        let path = Files.real(folder.path) ?? folder.path
        let database = FileIdentity(folder.database)
        let standing = Self.standing(record, path: path, database: database) { path in
            let other = FolderPlace(DataFolder(path))
            return other.read()?.id == record?.id ? FileIdentity(other.folder.database) : nil
        }
        let store = DataFolderStore(connection)
        let stored = try store.id()
        var (id, notes) = Self.id(standing, noted: record?.id, stored: stored)
        var claim = try id.flatMap { try Self.claim($0) }
        if let held = id, claim == nil {
            notes = [
                """
                Another Bodega with the id of this data folder runs on this machine, so this one is a copy, or both \
                are. It goes on as a data folder of its own under a new id (it was \(held)), and shares nothing with \
                the other.
                """
            ]
            id = nil
        }
        let final = id ?? Environment.live.makeUUID()
        if claim == nil { claim = try Self.claim(final) }
        if final != stored || record?.database != database {
            try connection.write(.full) {
                if final != stored { try store.setID(final, at: now) }
                try store.forgetWorkers()
            }
        }
        let doubt = Self.doubt(record, database: database)
        try write(
            Record(
                id: final,
                path: path,
                database: database,
                isClean: false,
                isUnchecked: doubt == .copied,
                notes: notes
            )
        )
        return Adoption(claim: claim, notes: notes, doubt: doubt)
    }

    /// The id to go on with, nil for a new one, and what is to be said.
    static func id(_ standing: Standing, noted: String?, stored: String?) -> (String?, [String]) {
        switch standing {
        case .copied(let from):
            let note = """
                This data folder is a copy of \(from), which is still there. It goes on as a data folder of its own \
                under a new id: from now on the two share nothing, and jobs that were under way go on in both.
                """
            return (nil, [note])
        case .moved(let from):
            let note = "This data folder stood at \(from) and was moved here. It goes on as before."
            return stored == nil || stored == noted ? (noted, [note]) : (nil, [note, Self.otherDatabase])
        case .new: return (stored, [])
        case .same, .replaced:
            // Without a row the schema was taken back and brought up again.
            guard let stored, stored != noted else { return (noted, []) }
            return (nil, [Self.otherDatabase])
        }
    }

    private static let otherDatabase =
        "The database in this data folder was put here from another one. The folder has a new id from now on."

    /// Nil when another process holds it.
    private static func claim(_ id: String) throws(SystemError) -> Int32? {
        guard let claim = try MachineClaim("bodega-data-\(id)") else { return nil }
        return claim.release()
    }

    // MARK: The file

    /// A command works here beside nothing else: what is copied from now on may be torn.
    /// - Returns: whether it was whole before; then `noteEnd` is the command's to call.
    func noteWork() throws -> Bool {
        guard var record = read(), record.isClean else { return false }
        record.isClean = false
        try write(record)
        return true
    }

    /// Everything has ended: what is copied from now on is whole.
    func noteEnd() throws {
        guard var record = read() else { return }
        record.isClean = true
        record.database = FileIdentity(folder.database)
        try write(record)
    }

    /// A check of the database has ended: what it found stands in the mark of damage.
    func noteChecked() throws {
        guard var record = read(), record.isUnchecked else { return }
        record.isUnchecked = false
        try write(record)
    }

    /// What the last start had to say.
    var notes: [String] { read()?.notes ?? [] }

    /// Adds to what the last start had to say.
    func add(note: String) throws {
        guard var record = read() else { return }
        record.notes.append(note)
        try write(record)
    }

    func read() -> Record? {
        guard let bytes = try? Files.read(file, limit: 1 << 20),
            let json = try? JSON.parse(String(decoding: bytes, as: UTF8.self)),
            let id = json["id"]?.stringValue, let path = json["path"]?.stringValue
        else { return nil }
        var database: FileIdentity?
        // As texts: a device's number can be greater than what a number of JSON holds.
        if let device = json["device"]?.stringValue.flatMap({ UInt64($0) }),
            let inode = json["inode"]?.stringValue.flatMap({ UInt64($0) })
        {
            database = FileIdentity(device: device, inode: inode)
        }
        return Record(
            id: id,
            path: path,
            database: database,
            isClean: json["clean"]?.boolValue ?? false,
            isUnchecked: json["unchecked"]?.boolValue ?? false,
            // They are printed on root's terminal, and the file is the account's.
            notes: (json["notes"]?.arrayValue ?? []).compactMap { $0.stringValue.map(Self.plain) }
        )
    }

    private static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        plain.append(contentsOf: text.unicodeScalars.filter { $0.properties.generalCategory != .control })
        return String(plain)
    }

    private func write(_ record: Record) throws {
        let json: JSON = [
            "id": .string(record.id), "path": .string(record.path),
            "device": .optional(record.database.map { String($0.device) }),
            "inode": .optional(record.database.map { String($0.inode) }), "clean": .bool(record.isClean),
            "unchecked": .bool(record.isUnchecked), "notes": .array(record.notes.map(JSON.string)),
        ]
        try Files.replace(file, with: Array(json.text.utf8))
    }
}
