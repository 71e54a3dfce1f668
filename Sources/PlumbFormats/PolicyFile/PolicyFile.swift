// Reads plumb.policy.yaml, what an organisation lays over the policy book, and describes it.
//
// The keys are declared as a spec's are, so that reading, errors, JSON Schema and reference come from one list.
