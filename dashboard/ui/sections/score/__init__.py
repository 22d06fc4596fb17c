"""What pages say of the score: how old it is, whether it still fits, making one."""
