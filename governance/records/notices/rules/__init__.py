"""What may become of a notice, who may do it, what it must hold and by when."""
