/// What is wrong with a record and what would help, by code.
enum ImportMessages {
    static func text(_ code: String, currency: Currency) -> String {
        code
    }
}
