// The eye on a live account: which calls show what it holds, made once each, and what they say in CloudFormation's words.
//
// Reading order: Survey.swift (how a look at an account goes), then one concern, such as Survey+Serving.swift.
