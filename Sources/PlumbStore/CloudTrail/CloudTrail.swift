// The audit log as AWS CloudTrail writes its own: files of records, and a chain of signed digests over them.
//
// CloudTrailRecord.swift is one entry; CloudTrailExport.swift lays out files and digests, as the section on log file
// integrity validation in CloudTrail's user guide describes them; GzipFile.swift wraps them.
