// What a column of any length is like, in bounded memory.
//
// QuantileSketch.swift and DigitSort.swift (numbers), CategorySketch.swift and DistinctSketch.swift (texts),
// ColumnProfile.swift (both), DatasetProfile.swift (all columns), Dependence.swift (how much consecutive rows repeat
// one another).
