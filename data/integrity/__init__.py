"""Whether everything in a workspace still holds, and what a crash left half done."""
