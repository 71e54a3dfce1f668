// Whether a model is still right, as labels come late and in part.
//
// LabelJoin.swift brings answers and labels together; QualityMetrics.swift measures with Model Monitor's names and with
// intervals; QualityMachine.swift says when a limit is broken; ConfidenceEstimate.swift guesses without labels.
