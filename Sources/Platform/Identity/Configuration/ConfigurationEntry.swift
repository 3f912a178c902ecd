import Support
import Web

/// What is known of one setting that an administrator may choose while Bodega runs.
///
/// Every value is a text here, as it is stored, typed and handed on in a variable: `30`, `true`,
/// `["https://a.example"]`.
package struct ConfigurationEntry: Sendable {
    package enum DataType: String, Sendable, CaseIterable {
        case string, integer, decimal, boolean, json, secret
    }

    /// Under which heading it stands on the page.
    package struct Category: Sendable, Hashable {
        /// In addresses.
        package let name: String
        package let title: String
        /// Where it stands: those with smaller ones come first.
        package let position: Int

        package init(_ name: String, _ title: String, position: Int) {
            self.name = name
            self.title = title
            self.position = position
        }

        package static let shop = Category("shop", "Shop", position: 1)
        package static let access = Category("access", "Access", position: 3)
    }

    /// What a value has to be, besides its type.
    package enum Rule: Sendable {
        case any
        /// Whole numbers, both ends included.
        case range(ClosedRange<Int64>)
        case choices([String])
        /// Characters of a text: Unicode scalars, as JSON Schema counts them and as the database stores them, so that
        /// a long text does not hide in few visible signs.
        case length(ClosedRange<Int>)
        /// A list of origins like `https://shop.example`.
        case origins
        /// A list of ranges of addresses like `10.0.0.0/8`; what one is, says who brings the setting.
        case networks(isNetwork: @Sendable (String) -> Bool)
    }

    /// When a change takes effect.
    package enum Effect: String, Sendable {
        case now
        case nextStart = "next_start"
    }

    package let key: String
    package let category: Category
    /// A few words, as a label.
    package let title: String
    /// What it does, in a sentence; a number's unit stands in it.
    package let description: String
    package let dataType: DataType
    /// In force when no user has chosen; nil for a secret, which is then not set.
    package let defaultValue: String?
    package let rule: Rule
    /// Whether it must not be empty.
    package let isRequired: Bool
    package let effect: Effect
    /// The environment variable that goes before what is stored.
    package let variable: String

    package init(
        _ key: String,
        _ category: Category,
        _ title: String,
        _ description: String,
        _ dataType: DataType,
        defaultValue: String?,
        rule: Rule = .any,
        isRequired: Bool = true,
        effect: Effect = .now,
        variable: String? = nil
    ) {
        self.key = key
        self.category = category
        self.title = title
        self.description = description
        self.dataType = dataType
        self.defaultValue = defaultValue
        self.rule = rule
        self.isRequired = isRequired
        self.effect = effect
        let name = key.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
        self.variable = variable ?? "BODEGA_\(name)"
    }

    package var isSecret: Bool { dataType == .secret }

    /// As the data model calls it: the expression that values match, where there is one.
    package var validationRegex: String? {
        switch rule {
        case .length(let range): ".{\(range.lowerBound),\(range.upperBound)}"
        case .choices(let words): "^(\(words.joined(separator: "|")))$"
        case .any, .range, .origins, .networks: nil
        }
    }

    package var range: ClosedRange<Int64>? {
        guard case .range(let range) = rule else { return nil }
        return range
    }

    /// Longer values are refused.
    package static let maxCharacters = 4000
}
