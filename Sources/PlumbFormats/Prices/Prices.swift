// Price lists as files: AWS's own answers, its bulk files, and plain maps of region and type.
