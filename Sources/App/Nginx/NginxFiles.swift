import Glibc
import Process
import Support

/// Puts nginx's configuration into the data folder after nginx itself has checked it.
struct NginxFiles {
    /// A configuration in place, and how to start nginx with it.
    struct Installed {
        var program: String
        var arguments: [String]
        /// Whether a running nginx must read it again.
        var isNew: Bool
    }

    private let configuration: NginxConfiguration
    private let folder: DataFolder

    init(_ configuration: NginxConfiguration, folder: DataFolder) {
        self.configuration = configuration
        self.folder = folder
    }

    /// Writes, checks and puts into place. With a running nginx a refused configuration is an error only in the log:
    /// the one in place stays.
    func install(hasRunning: Bool) throws -> Installed {
        let program = try findProgram()
        let complaint = try complaint(program, in: "trial")
        var isNew = complaint == nil && (configuration.settings.certificate != nil || !isInPlace)
        if let complaint {
            guard hasRunning else { throw CommandError("nginx refuses its configuration: \(complaint)") }
            configuration.settings.log("serve").error("nginx refuses its configuration", ["says": complaint])
        } else if isNew {
            do {
                for file in configuration.files {
                    try Files.replace("\(folder.nginx)/\(file.name)", with: Array(file.text.utf8))
                }
            } catch {
                // A full disk is no reason to take down what runs.
                guard hasRunning else { throw error }
                configuration.settings.log("serve").error("nginx keeps its configuration", ["reason": "\(error)"])
                isNew = false
            }
        }
        let arguments = arguments("\(folder.nginx)/nginx.conf", log: errorLog)
        return Installed(program: program, arguments: arguments, isNew: isNew)
    }

    /// What nginx says of the configuration, which is put beside the one in place for that; nil when it takes it.
    func complaint() throws -> String? { try complaint(try findProgram(), in: "check") }

    private func complaint(_ program: String, in name: String) throws -> String? {
        let trial = "\(folder.nginx)/\(name)"
        do {
            try Files.makeFolder(trial)
            for file in configuration.files { try Files.replace("\(trial)/\(file.name)", with: Array(file.text.utf8)) }
            return try check(program, trial)
        } catch let error as SystemError {
            return "\(error)"
        }
    }

    /// Whether the files stand there with this very content. A reload closes kept connections, so it is not done for
    /// nothing.
    var isInPlace: Bool {
        configuration.files.allSatisfy { file in
            (try? Files.read("\(folder.nginx)/\(file.name)"))?.elementsEqual(file.text.utf8) ?? false
        }
    }

    private var errorLog: String { "\(folder.logs)/nginx-error.log" }

    private func arguments(_ file: String, log: String) -> [String] {
        ["nginx", "-p", folder.nginx, "-e", log, "-c", file]
    }

    /// Debian has it in a folder that a plain user's PATH may not hold.
    private func findProgram() throws(CommandError) -> String {
        let name = configuration.settings.nginx
        if name.contains("/") { return name }
        let path = environmentVariable("PATH") ?? ""
        for folder in path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin"] {
            if access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
        }
        throw CommandError("nginx is not installed; 'deploy/up' installs it, or see --nginx.")
    }

    /// What nginx says about the configuration in a folder; nil when it likes it.
    private func check(_ program: String, _ trial: String) throws -> String? {
        let output = "\(trial)/output"
        let descriptor = try Files.open(output, O_RDWR | O_CREAT | O_TRUNC)
        let child = try Spawn(
            executable: program,
            arguments: arguments("\(trial)/nginx.conf", log: "stderr") + ["-t", "-q"],
            descriptors: [Spawn.Inherited(descriptor.raw, as: 2)],
            workingFolder: folder.nginx,
            keepsRights: true
        ).start()
        let status = child.wait(milliseconds: 10_000)
        if status == .exited(0) { return nil }
        child.sendToGroup(SIGKILL)
        let text = String(decoding: try Files.read(output), as: UTF8.self)
        let lines = text.split(separator: "\n").filter { $0.contains("[emerg]") }
        return String(lines.first ?? text.split(separator: "\n").first ?? "no answer")
    }
}
