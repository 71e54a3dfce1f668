// Keeps state: sealed, chained, backed up.
//
// `Store` is the only writer of state in the house: records and the audit record in one SQLite file, artefacts by
// their content's digest, secrets in files that only their owner can read.
