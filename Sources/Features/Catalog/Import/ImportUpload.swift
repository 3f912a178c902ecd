import Crypto
import Database
import Glibc
package import Identity
package import Jobs
import Support
import Web

/// Takes an upload in: checks what can be seen at once, claims the spooled body, and asks for the job.
///
/// A body that nobody claims disappears with its request. The claim is a rename; the file and its folder are on disk
/// before the job's row is, so an acknowledged upload survives whatever comes.
package struct ImportUpload {
    private let context: RequestContext

    package init(_ context: RequestContext) {
        self.context = context
    }

    /// Where the table is in the body, how it is called and what was chosen.
    private struct Arrival {
        var range: Range<Int64>
        var filename: String
        var options: ImportOptions
    }

    /// The job that imports the uploaded file.
    ///
    /// Throws the refusals of `POST /api/upload-csv` as `WebError`.
    package func accept() throws -> Job {
        let arrival = try context.request.contentType == "multipart/form-data" ? form() : raw()
        let folder = try context.setting(UploadFolder.self).path
        let head = try head(arrival, scratch: folder)
        var options = arrival.options
        let use = try ImportHeader.prepare(head.headers, &options, context.database)
        let columns = try columns(head.headers, options)
        let publicID = context.environment.makeUUID()
        let path = "\(folder)/\(publicID)"
        let write = try context.writeContext
        try claim(path)
        // Here, where long requests are at home and the bytes are still in memory, so that the answer can tell at once
        // that this file was imported before.
        let hash: [UInt8]
        do {
            hash = try BLAKE2b.hash(file: path, arrival.range)
        } catch {
            unlink(path)
            throw error
        }
        let source = ProductImport.Source(path: path, range: arrival.range, format: head.format)
        let order = JobStore.Order(
            kind: ProductImport.kind,
            displayName: "Import of \(arrival.filename)",
            filename: arrival.filename,
            parameters: source.parameters(
                columns ?? .provisional(headers: head.headers, mapping: options.mapping),
                use
            ),
            options: options.json,
            fileHash: hash.hex,
            keepsFile: true,
            undo: .possible
        )
        do {
            let userID = try context.principal.user.id
            return try context.database.write(.full) {
                let jobs = JobStore(context.database)
                guard columns != nil else {
                    let reason = Job.waitsForMapping
                    return try jobs.addWaiting(
                        order,
                        reason: reason,
                        publicID: publicID,
                        userID: userID,
                        context: write
                    )
                }
                if let profile = use?.profile, !profile.isBuiltIn {
                    try ImportProfileStore(context.database).noteUse(profile.id, at: write.now)
                }
                return try jobs.add(order, publicID: publicID, userID: userID, context: write)
            }
        } catch {
            unlink(path)
            throw error
        }
    }

    // MARK: What came

    private func form() throws -> Arrival {
        let body = try context.request.multipart()
        let fields = try body.fields()
        try context.requireCSRF(fields["csrf_token"])
        let files = body.files.filter { $0.name == "file" }
        guard files.count <= 1 else {
            throw WebError.badRequest("one_file", "Send one file a request; this one has \(files.count).")
        }
        guard let file = files.first else {
            throw WebError.badRequest("no_file", "The request has no file: send it as the part 'file'.")
        }
        var options = Fields()
        for field in fields.all where field.name != "csrf_token" {
            guard Self.optionNames.contains(field.name) else { throw unknown(field.name) }
            if !field.value.isEmpty { options.append(field.name, field.value) }
        }
        if !options.isEmpty && !context.request.query.isEmpty {
            throw WebError.badRequest("options_twice", "Give the options as form parts or in the query, not both.")
        }
        return Arrival(
            range: file.range,
            filename: Self.cleanName(file.filename ?? ""),
            options: try ImportOptions(options.isEmpty ? try queryOptions() : options)
        )
    }

    private func raw() throws -> Arrival {
        try context.requireCSRF(nil)
        if case .none = context.request.body {
            throw WebError.badRequest("no_file", "The request has no body: send the file as it.")
        }
        var name = "upload.csv"
        if let header = context.request.headers["X-Filename"] {
            guard let decoded = header.percentDecoded() else {
                throw WebError.badRequest("bad_filename", "X-Filename must be percent-encoded UTF-8.")
            }
            name = Self.cleanName(decoded)
        }
        return Arrival(
            range: 0..<context.request.bodyLength,
            filename: name,
            options: try ImportOptions(try queryOptions())
        )
    }

    private static let optionNames = ImportOptions.names

    private func queryOptions() throws -> Fields {
        try context.request.checkParameters(Self.optionNames)
        return context.request.query
    }

    private func unknown(_ name: String) -> WebError {
        let list = Self.optionNames.joined(separator: ", ")
        return .badRequest("unknown_option", "There is no option '\(name)'; there are \(list).")
    }

    /// The last part of a path, without control characters, at most 200 characters: text for people only.
    static func cleanName(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last.map(String.init) ?? ""
        let scalars = last.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200)
        let clean = String(String.UnicodeScalarView(scalars)).trimmed
        return clean.isEmpty ? "upload.csv" : clean
    }

    // MARK: Checking and claiming

    /// Nil when they are not clear and a person is to make them so.
    private func columns(_ headers: [String], _ options: ImportOptions) throws -> ImportColumns? {
        do throws(WebError) {
            return try ImportHeader.columns(headers, options.mapping)
        } catch {
            guard options.unmapped == .ask, error.status == 422 else { throw error }
            return nil
        }
    }

    private func head(_ arrival: Arrival, scratch: String) throws -> ImportHead {
        switch context.request.body {
        case .file(let path, _):
            let file = try Files.open(path, O_RDONLY)
            return try ImportHead.read(file.raw, arrival.range, arrival.options.table, scratch: scratch)
        case .bytes(let bytes):
            // Small bodies come in memory when no nginx stands in front.
            let file = try Files.temporary()
            try Files.writeAll(bytes, to: file.raw, "a temporary file")
            return try ImportHead.read(file.raw, arrival.range, arrival.options.table, scratch: scratch)
        case .none: throw WebError.badRequest("no_file", "The request has no file.")
        }
    }

    private func claim(_ path: String) throws {
        switch context.request.body {
        case .file(let spooled, _):
            try Files.sync(spooled)
            try Files.rename(spooled, to: path)
        case .bytes(let bytes): try Files.replace(path, with: bytes)
        case .none: break
        }
    }
}
