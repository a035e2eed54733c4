package import Basics

/// How days and times are said in a language.
package struct CalendarWords: Sendable {
    private let today: String
    private let tomorrow: String
    /// From Monday to Sunday.
    private let weekdays: [String]
    /// From January to December, as they stand behind a day.
    private let months: [String]
    private let dateForm: @Sendable (_ weekday: String, _ day: Int, _ month: String) -> String
    private let momentForm: @Sendable (_ date: String, _ time: String) -> String

    /// A day of the week, from 1, a Monday, to 7, a Sunday.
    package func weekday(_ number: Int) -> String { weekdays[number - 1] }

    /// A day, like "Monday, 2 March".
    package func date(_ day: CivilDate) -> String { dateForm(weekday(day.weekday), day.day, months[day.month - 1]) }

    /// A day in few words, as seen from another: "today", "tomorrow", "Monday 2".
    package func shortDate(_ day: CivilDate, today: CivilDate) -> String {
        switch day.days - today.days {
        case 0: self.today
        case 1: tomorrow
        default: "\(weekday(day.weekday)) \(day.day)"
        }
    }

    /// A day with a time, like "Monday, 2 March at 9:30".
    package func moment(_ reading: WallTime) -> String { momentForm(date(reading.date), time(reading)) }

    /// A time of the day, like "9:30"; the same in all of the languages.
    package func time(_ reading: WallTime) -> String { time(reading.sinceMidnight) }

    /// A time so long after midnight.
    package func time(_ sinceMidnight: Duration) -> String {
        let minutes = sinceMidnight.components.seconds / 60
        let minute = minutes % 60
        return "\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
    }
}

extension CalendarWords {
    static let english = CalendarWords(
        today: "today", tomorrow: "tomorrow",
        weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
        months: [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ],
        dateForm: { weekday, day, month in "\(weekday), \(day) \(month)" },
        momentForm: { date, time in "\(date) at \(time)" })

    static let spanish = CalendarWords(
        today: "hoy", tomorrow: "mañana",
        weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        months: [
            "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
            "noviembre", "diciembre",
        ],
        dateForm: { weekday, day, month in "\(weekday) \(day) de \(month)" },
        momentForm: { date, time in "\(date) a las \(time)" })

    static let portuguese = CalendarWords(
        today: "hoje", tomorrow: "amanhã",
        weekdays: ["segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"],
        months: [
            "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
            "novembro", "dezembro",
        ],
        dateForm: { weekday, day, month in "\(weekday), \(day) de \(month)" },
        momentForm: { date, time in "\(date) às \(time)" })

    static let russian = CalendarWords(
        today: "сегодня", tomorrow: "завтра",
        weekdays: ["понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье"],
        months: [
            "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября",
            "декабря",
        ],
        dateForm: { weekday, day, month in "\(weekday), \(day) \(month)" },
        momentForm: { date, time in "\(date), \(time)" })
}
