import Identity

extension RequestContext {
    /// Fewest characters of a new password, as the shop has it.
    var passwordLength: Int64 {
        get throws { try configuration.value(ConfigurationTable.passwordLength) }
    }
}
