package import Basics

extension NoticeGate {
    /// What it has heard of, to be kept over a restart: the policy is not part of it.
    package var json: JSON {
        let list = troubles.sorted { $0.key < $1.key }.map { key, trouble -> JSON in
            let told = trouble.told.sorted { $0.key < $1.key }.map {
                JSON.Member($0.key.rawValue, $0.value.json)
            }
            return [
                "key": .string(key), "told": .object(told),
                "reported": .string(trouble.lastReported.rfc3339), "repetitions": .integer(trouble.repetitions),
            ]
        }
        return [
            "troubles": .array(list), "recent": .array(recent.map { .string($0.rfc3339) }),
            "held_back": .array(heldBack.sorted().map { .string($0) }),
        ]
    }

    /// A gate that goes on where another one was; what makes no sense in the value is left out.
    package init(_ policy: NoticePolicy, continuing json: JSON) {
        self.init(policy)
        recent = json["recent"]?.elements?.compactMap { $0.text.flatMap { Timestamp(rfc3339: $0) } } ?? []
        heldBack = Set(json["held_back"]?.elements?.compactMap(\.text) ?? [])
        for entry in json["troubles"]?.elements ?? [] {
            guard let key = entry["key"]?.text, let trouble = Trouble(entry) else { continue }
            troubles[key] = trouble
        }
    }
}

extension NoticeGate.Trouble {
    fileprivate init?(_ json: JSON) {
        guard let reported = json["reported"]?.text.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
        self.init(lastReported: reported)
        repetitions = max(0, json["repetitions"]?.int ?? 0)
        for channel in NotificationChannel.allCases {
            told[channel] = json["told"]?[channel.rawValue].flatMap { NoticeGate.Told($0) }
        }
    }
}

extension NoticeGate.Told {
    fileprivate var json: JSON { ["at": .string(at.rfc3339), "severity": .string(severity.rawValue)] }

    fileprivate init?(_ json: JSON) {
        guard let moment = json["at"]?.text.flatMap({ Timestamp(rfc3339: $0) }),
            let severity = json["severity"]?.text.flatMap({ Notice.Severity(rawValue: $0) })
        else { return nil }
        self.init(at: moment, severity: severity)
    }
}
