"""What `doctor` looks at: the machine, the workspace, the office."""
