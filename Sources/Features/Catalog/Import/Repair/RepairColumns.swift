/// The columns that `errors.csv` has before those of the upload.
///
/// They stand in front because rows may fail for having too few or too many cells, or for a quote that swallows what
/// comes behind: in front they are readable whatever is wrong with the rest.
enum RepairColumns {
    /// The number of the row in the upload, by which a corrected row is known.
    static let row = "bodega_row"
    /// Everything that was wrong with the row; ignored when the file comes back.
    static let error = "bodega_error"
    static let count = 2
}
