import Pictures
import Support

/// `bodega picture`: reads pictures for the process that has started it, see `PictureWork`.
enum PictureCommand {
    static let command = Command(
        PictureWorker.command,
        "read pictures (started by those who take them in)",
        isInternal: true,
        run: run
    )

    private static func run(_ arguments: inout Arguments) throws -> Int32 {
        try arguments.finish()
        try PictureWork.run()
        return 0
    }
}
