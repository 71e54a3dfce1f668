// Objects of S3: how they are sent and read in parts, and a folder of a bucket as others keep files there.
//
// ObjectTransfer.swift carries bytes; BucketFolder.swift says under which name, over what, encrypted and kept how.
