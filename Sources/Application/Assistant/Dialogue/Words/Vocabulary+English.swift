extension Vocabulary {
    /// English.
    static let english = Vocabulary(
        book: ["book*", "appointment*", "reserve*", "schedule", "new"],
        move: ["move", "moving", "reschedul*", "change", "postpone"],
        cancel: ["cancel*"],
        mine: ["my", "mine"],
        booking: ["booking*", "appointment*"],
        prices: ["price*", "cost*", "much"],
        hours: ["open*", "hours", "close*", "closing"],
        person: ["person", "human", "agent", "somebody", "someone", "staff", "operator"],
        thanks: ["thank*", "thanks", "thx", "great"],
        greeting: ["hi", "hello", "hey", "morning", "afternoon", "evening"],
        yes: ["yes", "yep", "yeah", "ok", "okay", "sure", "confirm*", "y"],
        no: ["no", "nope", "n", "not"],
        menu: ["menu", "start", "help", "options", "back", "home"],
        leave: ["cancel", "stop", "exit", "quit", "nevermind", "leave"],
        more: ["more", "next"],
        otherTime: ["other", "another", "different"],
        today: ["today"],
        tomorrow: ["tomorrow"],
        weekdays: [
            ["monday", "mon"], ["tuesday", "tue", "tues"], ["wednesday", "wed"], ["thursday", "thu", "thur", "thurs"],
            ["friday", "fri"], ["saturday", "sat"], ["sunday", "sun"],
        ],
        months: ["jan*", "feb*", "mar*", "apr*", "may*", "jun*", "jul*", "aug*", "sep*", "oct*", "nov*", "dec*"],
        before: ["at", "around", "by"],
        names: ["english"],
        hints: [
            "the", "i", "want", "would", "like", "please", "is", "you", "to", "a", "hello", "hi", "what", "when", "can",
            "need",
        ])
}
