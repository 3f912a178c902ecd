import CLinux
import Glibc
import Process
import Support

/// What the process does that reads pictures: one after another, until nobody has any more for it. It holds nothing but
/// the socket, opens and starts nothing, and has limits of its own, so that a picture that takes it over, or fills its
/// memory, can but answer wrongly or end it.
public enum PictureWork {
    /// The number under which it gets its end of the socket.
    public static let descriptor: Int32 = 3
    /// Bytes of addresses: 200 MB are taken by libvips and what it brings, before anything is read.
    private static let memory: rlim_t = 1 << 30
    /// Of processor time for one picture.
    private static let seconds = 30

    /// Returns when the other end has closed.
    public static func run() throws {
        // What a library says on the way is lost then, and does not end the process.
        signal(SIGXFSZ, SIG_IGN)
        limit(__rlimit_resource_t(9), memory)
        // No file may be written at all, and no memory image of it left behind.
        limit(__rlimit_resource_t(1), 0)
        limit(__rlimit_resource_t(4), 0)
        let wire = PictureWire(descriptor: descriptor)
        let decoder = Result<PictureDecoder, PictureFault> { () throws(PictureFault) in try PictureDecoder() }
        // Its libraries are open by now; pictures need no file.
        limit(__rlimit_resource_t(7), rlim_t(descriptor + 1))
        let isConfined = bodega_confine() == 0
        while let bytes = try wire.receive(most: PictureWire.mostSent) {
            allowProcessorTime()
            let picture = Result<Picture, PictureFault> { () throws(PictureFault) in
                guard isConfined else { throw .noSandbox }
                return try decoder.get().decode(bytes)
            }
            try Picture.send(picture, over: wire)
        }
    }

    /// From what was used until now.
    private static func allowProcessorTime() {
        var used = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(0), &limit)
        limit.rlim_cur = min(limit.rlim_max, rlim_t(used.tv_sec + seconds))
        setrlimit(__rlimit_resource_t(0), &limit)
    }

    private static func limit(_ resource: __rlimit_resource_t, _ most: rlim_t) {
        var limit = rlimit(rlim_cur: most, rlim_max: most)
        setrlimit(resource, &limit)
    }
}
