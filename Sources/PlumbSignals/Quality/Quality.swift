// Whether a model is still right, as labels come late and in part.
//
// LabelJoin.swift brings answers and labels together. QualityTally.swift counts them, QualityMetrics.swift measures
// with Model Monitor's names, QualityCheck.swift holds that to constraints. QualityMachine.swift says when a limit is
// broken, WorstSlice.swift for whom it is worst; ConfidenceEstimate.swift guesses without labels.
