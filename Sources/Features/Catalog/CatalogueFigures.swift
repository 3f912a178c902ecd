package import Support

/// How large the catalogue was and what its products lacked when they were counted.
package struct CatalogueFigures: Sendable, Equatable {
    /// A field that shops need and that products may have none of.
    package struct Field: Sendable, Equatable {
        /// The column.
        package var name: String
        /// After "no": `price`.
        package var words: String
    }

    package struct Lack: Sendable, Equatable {
        package var field: Field
        package var products: Int64
    }

    package var at: Timestamp
    package var products: Int64
    package var active: Int64
    /// In the order of `fields`.
    package var lacks: [Lack]

    /// What is counted, in the order in which the home page has it.
    package static let fields = [
        Field(name: "price", words: "price"), Field(name: "upc", words: "barcode"),
        Field(name: "brand", words: "brand"), Field(name: "description", words: "description"),
    ]
}
