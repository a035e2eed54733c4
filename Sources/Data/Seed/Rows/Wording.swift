import Basics
import Postgres

/// The words of an exchange, which several tables repeat.
struct Wording {
    private let exchange: Exchange
    private let customer: Customer
    private let salon: SeedWorld.Salon

    init(_ exchange: Exchange, _ customer: Customer, _ salon: SeedWorld.Salon) {
        self.exchange = exchange
        self.customer = customer
        self.salon = salon
    }

    private var language: Language { Language.all[customer.language] }

    /// One of several, by eight bits of what was drawn for the words.
    private func one<Element>(of elements: [Element], _ place: UInt64) -> Element {
        elements[Int(exchange.words >> (place * 8) & 0xff) * elements.count >> 8]
    }

    func writeQuestion(into buffer: inout CopyBuffer) {
        buffer.append(one(of: language.greetings, 0).bytes)
        one(of: language.dialogue(of: exchange.intent).questions, 1).write(into: &buffer) {
            fill($0, service.spoken, &$1)
        }
        buffer.append(one(of: language.endings, 2).bytes)
    }

    func writeAnswer(into buffer: inout CopyBuffer) {
        if let template = exchange.template {
            template.phrase(in: language).write(into: &buffer) { fill($0, service.name, &$1) }
        } else {
            one(of: language.dialogue(of: exchange.intent).answers, 3).write(into: &buffer) {
                fill($0, service.name, &$1)
            }
        }
    }

    /// Customers write of a service as one speaks, salons as it stands on their list.
    private func fill(_ place: Phrase.Place, _ name: Word, _ buffer: inout CopyBuffer) {
        switch place {
        case .service: buffer.append(name.bytes)
        case .day: buffer.append(language.weekdays[exchange.weekday].bytes)
        case .time:
            buffer.append(digits: exchange.quarter / 4)
            buffer.append(byte: UInt8(ascii: ":"))
            buffer.append(digits: exchange.quarter % 4 * 15, width: 2)
        case .name: buffer.append(customer.firstName)
        case .price:
            buffer.append(digits: service.price / 100)
            buffer.append(byte: UInt8(ascii: " "))
            buffer.append(salon.place.currency)
        }
    }

    private var service: SalonProfile.Service { salon.profile.services[exchange.service] }
}
