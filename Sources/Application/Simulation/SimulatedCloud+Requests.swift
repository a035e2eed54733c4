import Basics
import HTTP
import JSONText

extension SimulatedCloud {
    /// Answers a request of a salon: a message, or that one was read.
    package mutating func receive(
        number phoneNumberID: String, authorization: String?, _ body: [UInt8], at now: Duration
    ) -> Reply {
        do throws(CloudFault) {
            return try take(phoneNumberID, authorization, body, at: now)
        } catch {
            totals.refused[error.code, default: 0] += 1
            return .answer(error.response)
        }
    }

    private mutating func take(
        _ phoneNumberID: String, _ authorization: String?, _ body: [UInt8], at now: Duration
    ) throws(CloudFault) -> Reply {
        guard let number = plan.numbers.firstIndex(where: { $0.phoneNumberID == phoneNumberID }) else {
            throw CloudFault(100, status: 404, "there is no such number")
        }
        if authorization?.hasPrefix("Bearer ") != true
            || plan.numbers[number].token.map({ authorization != "Bearer \($0.reveal())" }) ?? false
        {
            throw CloudFault(190, status: 401, "the access token is not valid")
        }
        guard let json = try? JSON(reading: body) else { throw CloudFault(100, "the body is no JSON") }
        guard json["messaging_product"]?.text == "whatsapp" else { throw .missing("messaging_product") }
        if json["status"] != nil { return try read(json) }
        try RequestCheck.message(json)
        let (phone, userID) = (json["to"]?.text, json["recipient"]?.text)
        guard phone != nil || userID != nil else { throw .missing("to") }
        // The number counts where both are named.
        let customer = customer(phone: phone, userID: userID, of: number)
        let isTemplate = json["type"]?.text == "template"
        if happens(plan.faults.trouble) { throw CloudFault(131_000, status: 500, "something went wrong") }
        try limits.take(number, customer: customer, recipient: phone ?? userID ?? "", isTemplate: isTemplate, at: now)
        return answer(json, number, customer, phone, userID, isTemplate, at: now)
    }

    private func read(_ json: JSON) throws(CloudFault) -> Reply {
        guard json["status"]?.text == "read" else { throw .wrong("status") }
        guard json["message_id"]?.text?.isEmpty == false else { throw .missing("message_id") }
        return .answer(.json(["success": true]))
    }

    private mutating func answer(
        _ json: JSON, _ number: Int, _ customer: Int?, _ phone: String?, _ userID: String?, _ isTemplate: Bool,
        at now: Duration
    ) -> Reply {
        let message = TakenMessage(
            id: messageID("out"), phone: customer.flatMap { customers[$0].phone } ?? phone,
            userID: customer.map { customers[$0].userID } ?? userID,
            callbackData: json["biz_opaque_callback_data"]?.text, isTemplate: isTemplate)
        totals.taken += 1
        effects[message.callbackData ?? message.id, default: 0] += 1
        tellLater(message, json, number, customer, at: now)
        if happens(plan.faults.silence) { return .silence }
        let contact: JSON = ["input": .string(phone ?? userID), "wa_id": .string(phone ?? userID)]
        return .answer(
            .json([
                "messaging_product": "whatsapp", "contacts": [contact], "messages": [["id": .string(message.id)]],
            ]))
    }

    /// The states of a message, and what its reader makes of it.
    private mutating func tellLater(
        _ message: TakenMessage, _ json: JSON, _ number: Int, _ customer: Int?, at now: Duration
    ) {
        let isEarly = happens(plan.faults.earlyStates)
        var time = now + (isEarly ? .zero : duration(0.05...0.2))
        schedule(.status("sent", message, number: number), at: time)
        time += duration(0.1...0.5)
        guard let customer, !happens(plan.faults.failures) else {
            return schedule(.status("failed", message, number: number), at: time)
        }
        let isSkipped = happens(plan.faults.skippedDeliveries)
        if !isSkipped { schedule(.status("delivered", message, number: number), at: time) }
        time += duration(0.3...2)
        schedule(.status("read", message, number: number), at: time)
        schedule(.hear(customer: customer, json, id: message.id), at: time)
    }
}
