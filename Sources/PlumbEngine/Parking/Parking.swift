// Off outside working hours: when an endpoint is wanted, and how it is taken away and brought back without harm.
//
// `WorkCalendar` answers when; `ParkingMachine` says what is to be done now. Neither reads a clock: what is wanted is a
// level that can be asked for at any moment, so that a look that comes late still does what is right.
