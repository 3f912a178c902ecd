package import Identity
import Web

extension RequestContext {
    /// The shell of this request's page: the installation's, with the person who looks and what they may do.
    package func shell(flashes: [Flash] = []) throws -> Shell {
        var shell = try setting(Shell.self)
        shell.path = request.rawPath
        shell.name = try configuration.value(ConfigurationTable.shopName)
        shell.flashes = flashes
        if let principal = try visitor() {
            shell.permissions = principal.permissions
            shell.user = Shell.User(name: principal.user.displayName, role: RoleWords.title(principal.user.role))
            shell.waiting = Dictionary(try attention().map { ($0.place, 1) }, uniquingKeysWith: +)
            shell.csrf = CSRFField(token: principal.csrfToken ?? "")
        }
        return shell
    }
}
