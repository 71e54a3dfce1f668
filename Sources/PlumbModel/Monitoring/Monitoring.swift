// What is known of the data a model was made for, and of the data that it is given now.
//
// Reading order: RowBatch.swift (rows as they come), DatasetStatistics.swift (what a data set is like),
// DatasetConstraints.swift (what it should be like), DriftReference.swift (what a detector compares with),
// ModelQuality.swift (how good answers were).
