import CLinux
import Glibc
import Process
import Support

/// Has pictures read by a process of its own, which is started with the first one and again after one that has killed
/// it. To be used by one thread.
public final class PictureWorker {
    /// The word by which the program knows that it is to read pictures.
    public static let command = "picture"

    private let program: String
    private let seconds: UInt64
    private var process: (child: ChildProcess, socket: OwnedSocket)?

    /// - Parameters:
    ///   - program: what is started; the running program when left out.
    ///   - seconds: how long one picture may take.
    public init(program: String = "/proc/self/exe", seconds: UInt64 = 60) {
        self.program = program
        self.seconds = seconds
    }

    deinit { end() }

    /// Decodes a picture.
    ///
    /// Throws `PictureFault` for what is none, or takes too much; `SystemError` when no process can be started.
    public func read(_ bytes: [UInt8]) throws -> Picture {
        // What needs no decoding needs no process.
        _ = try PictureDecoder.format(bytes)
        let socket = try started()
        let wire = PictureWire(
            descriptor: socket.descriptor.raw,
            deadline: monotonicNanoseconds() + seconds * 1_000_000_000
        )
        do {
            try wire.send(bytes)
            guard let head = try wire.receive(most: PictureWire.mostFacts),
                let rest = try wire.receive(most: PictureWire.mostRenditions),
                let answer = Picture.read(head, rest)
            else { throw PictureWire.Broken.closed }
            return try answer.get()
        } catch is PictureWire.Broken {
            end()
            throw PictureFault.tooMuch
        }
    }

    private func started() throws -> OwnedSocket {
        if let process, process.child.reap() == nil { return process.socket }
        process = nil
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
            throw SystemError("make a pair of sockets")
        }
        let (ours, theirs) = (OwnedSocket(ends[0]), OwnedSocket(ends[1]))
        let child = try Spawn(
            executable: program,
            arguments: ["bodega", Self.command],
            // The mark of the installation, by which leftovers are found, and no secret of it.
            environment: currentEnvironment().filter { $0.hasPrefix("\(markVariable)=") },
            descriptors: [Spawn.Inherited(theirs.descriptor.raw, as: PictureWork.descriptor)],
            workingFolder: "/"
        ).start()
        process = (child, ours)
        return ours
    }

    private func end() {
        guard let process else { return }
        process.child.send(SIGKILL)
        _ = process.child.wait(milliseconds: 1000)
        self.process = nil
    }
}

private final class OwnedSocket {
    let descriptor: OwnedDescriptor

    init(_ raw: Int32) { descriptor = OwnedDescriptor(raw) }
}
