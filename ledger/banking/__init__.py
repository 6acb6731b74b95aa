"""Bank statements (银行流水): read with distrust, kept unchanged, and matched with what buyers and banks owe."""
