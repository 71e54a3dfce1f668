// Whether the data that a model is given now is still like the data it was made for.
//
// DriftMachine.swift watches row by row with a bounded rate of false alarms; DriftBets.swift says what it bets on.
// SketchDistance.swift compares two data sets as Model Monitor does, WindowDistance.swift in the other usual ways,
// and WindowTest.swift says whether the difference is more than chance. ConstraintCheck.swift holds a data set to
// its constraints.
