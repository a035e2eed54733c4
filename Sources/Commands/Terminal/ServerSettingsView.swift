package import Basics
package import Cluster

/// What `config show --postgresql` prints: the settings under their topics, each with its reason beside it.
package struct ServerSettingsView: Sendable {
    private let settings: ServerSettings
    private let machine: Machine
    private let memoryKey: String?
    private let customFile: String?

    private static let valueWidthMax = 20
    private static let reasonWidthMin = 30
    private static let gap = 2

    /// The settings that follow from a machine, whose memory may be what a key of the configuration says; and the file
    /// of somebody's own that goes over them, where there is one.
    package init(_ settings: ServerSettings, _ machine: Machine, memoryKey: String? = nil, customFile: String? = nil) {
        self.settings = settings
        self.machine = machine
        self.memoryKey = memoryKey
        self.customFile = customFile
    }

    // MARK: - For people

    /// The lines; `*` marks what takes a restart to change.
    package func lines(width: Int, inColor: Bool = false) -> [String] {
        var lines = wrapped(machineLine, width: width)
        for topic in ServerSetting.Topic.allCases {
            let members = settings.all.filter { $0.topic == topic }
            if members.isEmpty { continue }
            lines += ["", Style.bold.applied(to: topic.rawValue, if: inColor)]
            lines += members.flatMap { self.lines(of: $0, width: width) }
        }
        return lines + [""] + notes.flatMap { wrapped($0, width: width) }
    }

    private var notes: [String] {
        let custom = customFile.map { "Whatever \($0.printable) says goes over all of these." }
        return [
            "* PostgreSQL takes another value only when it starts; of the others also while it runs.",
            "Not listed: where its files are, where it listens, and what has PostgreSQL's own default.",
            custom,
        ].compactMap(\.self)
    }

    private var machineLine: String {
        let disk = machine.disk
        let words = [disk.fileSystem, disk.capacity?.description ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
        let kind = disk.kind.rawValue.replacing("_", with: " ")
        let cores = machine.cores == 1 ? "1 core" : "\(machine.cores) cores"
        let memory = "\(machine.memory) of memory" + (memoryKey.map { " (\($0))" } ?? "")
        return "\(memory), \(cores), disk: \(kind)" + (words.isEmpty ? "" : " (\(words))")
    }

    private var nameWidth: Int { settings.all.map(\.name.displayWidth).max() ?? 0 }

    private var valueWidth: Int {
        min(Self.valueWidthMax, settings.all.map(\.value.printable.displayWidth).max() ?? 0)
    }

    /// A value that is too wide for its column has the reason below it.
    private func lines(of setting: ServerSetting, width: Int) -> [String] {
        let value = setting.value.printable
        let (name, mark) = (padded(setting.name, to: nameWidth), setting.change == .restart ? "*" : " ")
        let start = Self.gap + nameWidth + Self.gap + valueWidth + 1 + Self.gap
        let isBelow = start + Self.reasonWidthMin > width
        let indentation = isBelow ? 2 * Self.gap : start
        let reasons = wrapped(setting.reason.printable, width: max(Self.reasonWidthMin, width - indentation))
        let head = "\(spaces(Self.gap))\(name)\(spaces(Self.gap))"
        let tail = reasons.map { spaces(indentation) + $0 }
        guard !isBelow, value.displayWidth <= valueWidth, let first = reasons.first else {
            return [withoutEnd(head + value + mark)] + tail
        }
        return [head + padded(value, to: valueWidth) + mark + spaces(Self.gap) + first] + tail.dropFirst()
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private func padded(_ text: String, to width: Int) -> String { text + spaces(width - text.displayWidth) }

    private func withoutEnd(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }

    // MARK: - For programs

    /// The documented form of `config show --postgresql --json`.
    package var json: JSON {
        [
            "machine": [
                "memory_bytes": .integer(machine.memory.bytes), "cores": .integer(machine.cores),
                "file_system": .string(machine.disk.fileSystem), "disk": .string(machine.disk.kind.rawValue),
                "disk_bytes": .integer(machine.disk.capacity?.bytes),
            ],
            "settings": .array(settings.all.map(json)), "custom_file": .string(customFile),
        ]
    }

    private func json(_ setting: ServerSetting) -> JSON {
        [
            "name": .string(setting.name), "value": .string(setting.value), "reason": .string(setting.reason),
            "topic": .string(setting.topic.rawValue), "change": .string(setting.change.rawValue),
            "set_by_you": .bool(setting.isSetBySomebody), "derived": .string(setting.overridden?.value),
        ]
    }
}
