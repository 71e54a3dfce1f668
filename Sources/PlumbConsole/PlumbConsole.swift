// The web face: pages, control API and live charts over an engine.
//
// `ControlService` serves the control API on a socket that only the engine's own user can open.
// `AWSFace` answers boto3, the AWS CLI and Terraform, whose signed requests the gateway hands over.
