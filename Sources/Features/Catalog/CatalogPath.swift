import Web

/// Every address of the catalogue's pages, for routes and links alike.
enum CatalogPath {
    static let products: PathPattern = "/products"
    static let newProduct: PathPattern = "/products/new"
    static let product: PathPattern = "/products/{id:int}"
    static let deleteProduct: PathPattern = "/products/{id:int}/delete"
    /// Deletes everything that the filters behind it match.
    static let deleteProducts: PathPattern = "/products/delete"
    /// Leads from ticked products to what is to be done with them.
    static let selectedProducts: PathPattern = "/products/selection"
    /// Gives everything that the filters behind it match one status.
    static let productStatus: PathPattern = "/products/status"
    /// Products that are not there any more.
    static let deletedProducts: PathPattern = "/products/deleted"
    /// Products that share their SKU; keeps the newest of each.
    static let duplicates: PathPattern = "/products/duplicates"
    /// The list as a file, which the API makes.
    static let exportProducts: PathPattern = "/api/products.csv"
    /// The same as a workbook.
    static let exportWorkbook: PathPattern = "/api/products.xlsx"
    static let categories: PathPattern = "/categories"
    static let newCategory: PathPattern = "/categories/new"
    static let category: PathPattern = "/categories/{id:int}"
    static let moveCategory: PathPattern = "/categories/{id:int}/move"
    static let mergeCategory: PathPattern = "/categories/{id:int}/merge"
    static let deleteCategory: PathPattern = "/categories/{id:int}/delete"
    static let restoreCategory: PathPattern = "/categories/{id:int}/restore"
    static let metafields: PathPattern = "/metafields"
    static let newMetafield: PathPattern = "/metafields/new"
    static let metafield: PathPattern = "/metafields/{id:int}"
    static let deleteMetafield: PathPattern = "/metafields/{id:int}/delete"
    /// Saved views of the list of products.
    static let views: PathPattern = "/products/views"
    static let deleteView: PathPattern = "/products/views/{id:int}/delete"
    static let compareProduct: PathPattern = "/products/{id:int}/compare"
    /// Every change of the catalogue.
    static let history: PathPattern = "/changes"
    /// Changes the metafields of a product.
    static let productMetafields: PathPattern = "/products/{id:int}/metafields"
    /// Gives a product pictures.
    static let productImages: PathPattern = "/products/{id:int}/images"
    /// Changes those that it has.
    static let saveProductImages: PathPattern = "/products/{id:int}/images/save"
    /// Gives a product the fields of an earlier version.
    static let restoreProduct: PathPattern = "/products/{id:int}/restore"
}
