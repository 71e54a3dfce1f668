// What a deployment costs: reckoned beforehand, part by part.
//
// `SpendEstimate` is filled from a graph by the policies' arithmetic and told by a report.
