/// The kind of jobs by which files become products.
package enum ProductImport {
    package static let kind = "product_import"
}
