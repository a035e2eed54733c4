import Basics
package import JSONText
import Postgres

extension DialogueState: JSONWritable, JSONReadable {
    private static let reader = JSONReader()

    /// Reads what was kept; whatever is not understood begins anew.
    package init(kept text: String?) {
        guard let text else {
            self.init()
            return
        }
        do throws(JSONFault) {
            self = try Self.reader.read(from: text)
        } catch {
            self.init()
        }
    }

    /// What is kept.
    package var kept: String {
        var json = JSONAppender()
        write(to: &json)
        return json.text
    }

    /// Writes an object with the version.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("version", Self.version)
            json.optionalMember("language", language)
            if misses > 0 { json.member("misses", misses) }
            write(step, to: &json)
        }
    }

    private func write(_ step: Step, to json: inout JSONAppender) {
        switch step {
        case .menu: json.member("step", "menu")
        case .services(let from):
            json.member("step", "services")
            json.member("from", from)
        case .days(let plan, let next):
            json.member("step", "days")
            json.member("plan", plan)
            json.member("next", next.description)
        case .times(let plan, let day, let from):
            json.member("step", "times")
            json.member("plan", plan)
            json.member("day", day.description)
            json.member("from", from)
        case .confirming(let booking): write("confirming", booking, to: &json)
        case .bookings(let purpose, let from):
            json.member("step", "bookings")
            json.member("purpose", purpose)
            json.member("from", from)
        case .booking(let booking): write("booking", booking, to: &json)
        case .cancelling(let booking): write("cancelling", booking, to: &json)
        case .person: json.member("step", "person")
        }
    }

    private func write(_ step: String, _ booking: DialogueBooking, to json: inout JSONAppender) {
        json.member("step", step)
        json.member("booking", booking)
    }

    /// Reads what `write` wrote under the same version.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        let version: Int = try json.required("version")
        guard version == Self.version else { throw json.fault("the version of the dialogue is not known") }
        self.init()
        language = try json.optional("language")
        misses = try json.optional("misses") ?? 0
        step = try Self.step(try json.required("step"), &json)
    }

    private static func step(_ name: String, _ json: inout JSONCursor) throws(JSONFault) -> Step {
        switch name {
        case "menu": .menu
        case "services": .services(from: try json.required("from"))
        case "days": .days(try json.required("plan"), next: try json.day("next"))
        case "times": .times(try json.required("plan"), day: try json.day("day"), from: try json.required("from"))
        case "confirming": .confirming(try json.required("booking"))
        case "bookings": .bookings(try json.required("purpose"), from: try json.required("from"))
        case "booking": .booking(try json.required("booking"))
        case "cancelling": .cancelling(try json.required("booking"))
        case "person": .person
        default: throw json.fault("the step of the dialogue is not known")
        }
    }
}

extension DialoguePlan: JSONWritable, JSONReadable {
    /// Writes an object.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("service", service.description)
            json.member("name", name)
            json.optionalMember("moving", moving)
        }
    }

    /// Reads it.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        service = try json.key("service")
        name = try json.required("name")
        moving = try json.optional("moving")
    }
}

extension DialogueBooking: JSONWritable, JSONReadable {
    /// Writes an object.
    package func write(to json: inout JSONAppender) {
        json.object { json in
            json.member("id", id.description)
            json.member("code", code)
            json.optionalMember("service", service?.description)
            json.member("name", name)
            json.member("start", start.microseconds)
            json.member("local", local.description)
            json.member("version", version)
        }
    }

    /// Reads it.
    package init(reading json: inout JSONCursor) throws(JSONFault) {
        id = try json.key("id")
        code = try json.required("code")
        service = try json.has("service") ? try json.key("service") : nil
        name = try json.required("name")
        start = Timestamp(microseconds: try json.required("start"))
        let reading: String = try json.required("local")
        guard let local = WallTime(reading) else { throw json.fault("this is no reading of a clock") }
        self.local = local
        version = try json.required("version")
    }
}

extension JSONCursor {
    fileprivate mutating func key(_ name: StaticString) throws(JSONFault) -> PostgresUUID {
        let text: String = try required(name)
        guard let key = PostgresUUID(text) else { throw fault("this is no key") }
        return key
    }

    fileprivate mutating func day(_ name: StaticString) throws(JSONFault) -> CivilDate {
        let text: String = try required(name)
        guard let day = CivilDate(text) else { throw fault("this is no day") }
        return day
    }
}
