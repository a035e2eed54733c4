/// Everything that is said in a language besides days and times, which have their words in `CalendarWords`. A phrase that one of them lacks does not compile.
///
/// What stands on buttons has at most 20 characters and what stands in lines of a list at most 24, as WhatsApp counts.
package struct Phrases: Sendable {
    /// Said first.
    package let hello: @Sendable (_ salon: String) -> String
    /// What can be done, as a question.
    package let menu: String
    /// Opens the list of it.
    package let menuButton: String
    /// A line of the menu: a new booking.
    package let book: String
    /// A line of the menu: the customer's bookings.
    package let mine: String
    /// A line of the menu.
    package let prices: String
    /// A line of the menu.
    package let hours: String
    /// A line of the menu: somebody who answers.
    package let person: String
    /// Which service is wanted.
    package let which: String
    /// Opens the list of services.
    package let servicesButton: String
    /// On which day.
    package let whichDay: @Sendable (_ service: String) -> String
    /// Opens the list of days.
    package let daysButton: String
    /// At what time of a day.
    package let whichTime: @Sendable (_ service: String, _ day: String) -> String
    /// Opens the list of times.
    package let timesButton: String
    /// A line that shows further ones.
    package let more: String
    /// A line that leads back to the days.
    package let otherDay: String
    /// Whether a time that is kept is to be booked.
    package let confirmQuestion: @Sendable (_ service: String, _ moment: String) -> String
    /// A button that books.
    package let confirm: String
    /// A button that leads back to the times.
    package let otherTime: String
    /// A button that leads out.
    package let leave: String
    /// It is booked.
    package let booked: @Sendable (_ service: String, _ moment: String, _ code: String) -> String
    /// It is on another time.
    package let moved: @Sendable (_ service: String, _ moment: String, _ code: String) -> String
    /// It is called off.
    package let cancelled: @Sendable (_ service: String, _ moment: String, _ code: String) -> String
    /// Nothing was booked.
    package let left: String
    /// Somebody else has the time.
    package let taken: String
    /// The time cannot be had.
    package let impossible: String
    /// That was no time.
    package let unknownTime: String
    /// Nothing is free.
    package let noTimes: @Sendable (_ service: String) -> String
    /// The time was kept for too long.
    package let expired: String
    /// There is no booking to come.
    package let noBookings: String
    /// Which booking is meant.
    package let whichBooking: String
    /// Opens the list of bookings.
    package let bookingsButton: String
    /// A booking, and what is to be done with it.
    package let booking: @Sendable (_ service: String, _ moment: String, _ code: String) -> String
    /// A button that looks for another time.
    package let move: String
    /// A button that calls off.
    package let cancel: String
    /// Whether to call off.
    package let cancelQuestion: @Sendable (_ service: String, _ moment: String, _ code: String) -> String
    /// A button that agrees to that.
    package let yesCancel: String
    /// A button that does not.
    package let keep: String
    /// The booking stays.
    package let kept: String
    /// It could not be done.
    package let failed: String
    /// A person will answer.
    package let handedOver: String
    /// It was not understood.
    package let notUnderstood: String
    /// It was not understood again; perhaps a person.
    package let stillNot: String
    /// An answer to thanks.
    package let thanks: String
    /// There is nothing that can be booked here.
    package let noServices: String
    /// Above the prices.
    package let pricesHead: String
    /// Above the hours.
    package let hoursHead: String
    /// The hours are not known.
    package let noHours: String
    /// The language is another one now.
    package let languageChosen: String
    /// How long something takes.
    package let minutes: @Sendable (_ count: Int) -> String
}
