package import Identity
package import Money
import Records

extension RequestContext {
    /// The shop's currency: from the settings where the composition has put it, since it never changes.
    package var currency: Currency {
        get throws { try settings[Currency.self] ?? CurrencyStore(database).currency() }
    }
}
