// What a deployment costs: reckoned beforehand, part by part, and metered while it runs, hour by hour.
//
// `SpendEstimate` is filled from a graph by the policies' arithmetic, `SpendStatement` from what a meter has counted;
// reports tell both.
