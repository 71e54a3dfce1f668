// An AWS account as it was seen: what the eye on it hands to the reader that makes a graph of it.
