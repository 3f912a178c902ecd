/// A request's path as logs and process lists may show it: a link that lets in whoever has it carries its secret in
/// its address, which is left out. Wherever it stands: an address that was spoilt on its way (`//reset/…`) holds the
/// secret all the same.
public func loggedPath(_ path: String) -> String {
    path.lowercased().contains(secretPathPrefix) ? "\(secretPathPrefix)-" : path
}

/// Below it stand secrets.
public let secretPathPrefix = "/reset/"
