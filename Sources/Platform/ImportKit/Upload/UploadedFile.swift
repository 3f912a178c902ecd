import Glibc
import Identity
import Support
import Web

/// A file that came with a request: as the part `file` of a form, or as the raw body with its name in `X-Filename`.
///
/// It lies in the body as nginx spooled it, which disappears with the request unless a handler claims it.
struct UploadedFile {
    /// Where the file is in the body.
    let range: Range<Int64>
    /// Text for people only.
    let filename: String
    /// What was sent along, as form parts or in the query.
    let options: Fields
    private let body: Request.Body
    /// Whether other files lie in the same body, so that it must not be taken away from them.
    private let isShared: Bool

    /// Finds the file and checks the CSRF token where it came as a part.
    /// - Parameter names: the options that may be sent along.
    ///
    /// Throws 400 `no_file`, `one_file`, `bad_filename`, `unknown_option` or `options_twice`, 403 `csrf`.
    init(_ context: RequestContext, options names: [String]) throws {
        body = context.request.body
        isShared = false
        if context.request.contentType == "multipart/form-data" {
            let form = try context.request.multipart()
            let fields = try form.fields()
            try context.requireCSRF(fields["csrf_token"])
            let files = form.files.filter { $0.name == "file" }
            guard files.count <= 1 else {
                throw WebError.badRequest("one_file", "Send one file a request; this one has \(files.count).")
            }
            guard let file = files.first else {
                throw WebError.badRequest("no_file", "The request has no file: send it as the part 'file'.")
            }
            range = file.range
            filename = UploadName.clean(file.filename ?? "") ?? Self.nameless
            options = try Self.options(fields, context.request, names)
        } else {
            try context.requireCSRF(nil)
            if case .none = body {
                throw WebError.badRequest("no_file", "The request has no body: send the file as it.")
            }
            range = 0..<context.request.bodyLength
            filename = try UploadName.header(in: context.request) ?? Self.nameless
            options = try Self.options([:], context.request, names)
        }
    }

    /// The files of a page's form, which may be several.
    ///
    /// Throws as `init` does, but not `one_file`.
    static func each(_ context: RequestContext, options names: [String]) throws -> [UploadedFile] {
        // Any other body is one file, and is asked for its token before what it is.
        guard context.request.contentType == "multipart/form-data" else {
            return [try UploadedFile(context, options: names)]
        }
        let form = try context.request.multipart()
        let files = form.files.filter { $0.name == "file" }
        guard files.count > 1 else { return [try UploadedFile(context, options: names)] }
        let fields = try form.fields()
        try context.requireCSRF(fields["csrf_token"])
        let options = try options(fields, context.request, names)
        return files.map { file in
            let name = UploadName.clean(file.filename ?? "") ?? nameless
            return UploadedFile(context.request.body, file.range, name, options)
        }
    }

    private init(_ body: Request.Body, _ range: Range<Int64>, _ filename: String, _ options: Fields) {
        (self.body, self.range, self.filename, self.options) = (body, range, filename, options)
        isShared = true
    }

    private static func options(_ parts: Fields, _ request: Request, _ names: [String]) throws -> Fields {
        var options = Fields()
        for field in parts.all where field.name != "csrf_token" {
            guard names.contains(field.name) else {
                let list = names.joined(separator: ", ")
                throw WebError.badRequest("unknown_option", "There is no option '\(field.name)'; there are \(list).")
            }
            if !field.value.isEmpty { options.append(field.name, field.value) }
        }
        try request.checkParameters(names)
        // Generated clients send what has a default in both places: only a contradiction is a fault.
        for field in request.query.all {
            if options.values(field.name).isEmpty { options.append(field.name, field.value) }
            if let part = options.values(field.name).first(where: { $0 != field.value }) {
                let said = "'\(field.value)' in the query and '\(part)' in the form"
                throw WebError.badRequest("options_twice", "The option '\(field.name)' is \(said): send it once.")
            }
        }
        return options
    }

    /// What a file is called that came without a name.
    private static let nameless = "upload.csv"

    /// Looks into the file before it is claimed.
    func read<T>(_ body: (Int32) throws -> T) throws -> T {
        switch self.body {
        case .file(let path, _):
            let file = try Files.open(path, O_RDONLY)
            return try body(file.raw)
        case .bytes(let bytes):
            // Small bodies come in memory when no nginx stands in front.
            let file = try Files.temporary()
            try Files.writeAll(bytes, to: file.raw, "a temporary file")
            return try body(file.raw)
        case .none: throw WebError.badRequest("no_file", "The request has no file.")
        }
    }

    /// Moves the body to its place, on the disk before this returns.
    func claim(_ path: String) throws {
        switch body {
        case .file(let spooled, _):
            try Files.sync(spooled)
            do {
                if isShared { try Files.link(spooled, to: path) } else { try Files.rename(spooled, to: path) }
            } catch {
                // It may stand at its place already, and only the folder could not be brought to the disk.
                unlink(path)
                throw error
            }
        case .bytes(let bytes): try Files.replace(path, with: bytes)
        case .none: break
        }
    }
}
