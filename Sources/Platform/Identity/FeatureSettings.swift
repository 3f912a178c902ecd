/// What a feature needs to know about this installation (its folders, its currency), one value a type. The composition
/// puts them in at start; handlers find them in the request's context, and Identity need not know them.
package struct FeatureSettings: Sendable {
    private var values: [ObjectIdentifier: any Sendable] = [:]

    package init() {}

    /// The value of that type; nil when none was put in.
    package subscript<Value: Sendable>(type: Value.Type) -> Value? {
        get { values[ObjectIdentifier(type)] as? Value }
        set { values[ObjectIdentifier(type)] = newValue }
    }

    /// The settings that the environment fixes: those put in, else those of the process.
    package var overrides: ConfigurationOverrides { self[ConfigurationOverrides.self] ?? .process }
}
