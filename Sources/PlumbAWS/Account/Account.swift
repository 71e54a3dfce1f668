// The eye on a live account: the calls that show what it holds, once each, and their answers in CloudFormation's words.
//
// Reading order: Survey.swift (how a look at an account goes), then one concern, such as Survey+Serving.swift.
