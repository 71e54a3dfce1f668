// Reads and renders every tongue; a folder for each.
//
// FileTongue/ tells which tongue a file is written in, PolicyFile/ reads what an organisation lays over the policy
// book.
//
// Spec/ reads the file a user writes and describes it: the schema is one value, and reading, diagnostics, JSON Schema,
// reference and starter file all come from it.
