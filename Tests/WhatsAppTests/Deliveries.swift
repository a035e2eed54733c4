import Basics
import Digests
import JSONText
import Postgres

@testable import WhatsApp

/// Bodies as WhatsApp delivers them.
enum Deliveries {
    static func body(account: String = "account", field: String = "messages", _ value: String) -> [UInt8] {
        Array(
            """
            {"object":"whatsapp_business_account","entry":[{"id":"\(account)","changes":[\
            {"value":\(value),"field":"\(field)"}]}]}
            """.utf8)
    }

    static func news(number: String = "Salon", contacts: String = "", messages: String = "", statuses: String = "")
        -> String
    {
        """
        {"messaging_product":"whatsapp","metadata":{"display_phone_number":"1","phone_number_id":"\(number)"},\
        "contacts":[\(contacts)],"messages":[\(messages)],"statuses":[\(statuses)]}
        """
    }

    static func contact(phone: String? = nil, user: String? = nil, name: String? = nil, username: String? = nil)
        -> String
    {
        var profile: [String] = []
        if let name { profile.append(#""name":"\#(name)""#) }
        if let username { profile.append(#""username":"\#(username)""#) }
        var members = [#""profile":{\#(profile.joined(separator: ","))}"#]
        if let phone { members.append(#""wa_id":"\#(phone)""#) }
        if let user { members.append(#""user_id":"\#(user)""#) }
        return "{\(members.joined(separator: ","))}"
    }

    static func message(
        _ key: String, phone: String? = nil, user: String? = nil, at moment: Timestamp = .now(),
        _ content: String = #""type":"text","text":{"body":"hello"}"#
    ) -> String {
        var members = [#""id":"\#(key)""#, #""timestamp":"\#(moment.microseconds / 1_000_000)""#, content]
        if let phone { members.append(#""from":"\#(phone)""#) }
        if let user { members.append(#""from_user_id":"\#(user)""#) }
        return "{\(members.joined(separator: ","))}"
    }

    static func status(_ key: String, _ status: String, at moment: Timestamp = .now(), _ more: String = "") -> String {
        #"{"id":"\#(key)","status":"\#(status)","timestamp":"\#(moment.microseconds / 1_000_000)"\#(more)}"#
    }

    /// The header that signs a body.
    static func signature(_ body: [UInt8], _ secret: String) -> String {
        "sha256=" + Digest(of: body, key: Array(secret.utf8)).hexadecimal
    }
}

extension SalonEvent {
    /// What a body says in its first change, as a line of the log.
    init(_ body: [UInt8], at moment: Timestamp = .now()) throws {
        let change = try JSONReader().read(WebhookBody.self, from: body).changes[0]
        let key = PostgresUUID.timed(at: moment)
        self.init(log: key, received: key.moment, content: change.content)
    }
}
