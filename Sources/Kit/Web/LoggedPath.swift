import Support

/// A request's path as logs and process lists may show it: a link that lets in whoever has it carries its secret in
/// its address, which is left out, however the address is written.
public func loggedPath(_ path: String) -> String {
    let readable = path.percentDecoded() ?? path
    return readable.lowercased().contains(secretPathPrefix) ? "\(secretPathPrefix)-" : path
}

/// Below it stand secrets.
public let secretPathPrefix = "/reset/"
