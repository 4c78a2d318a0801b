package journal

// What the office does with money by hand.
const (
	MovementOwned   Act = "movement.owned"   // whose it is was found out; Detail "order", "was"
	TransferEntered Act = "transfer.entered" // by the first person; Detail "order", "fen"
	TransferBooked  Act = "transfer.booked"  // by the second; the movement's own entry stands beside it
	TransferRefused Act = "transfer.refused" // by the second, or taken back
	CashCounted     Act = "cash.counted"     // of a point's day; Detail "day", "counted", "booked"
	CashSigned      Act = "cash.signed"      // by another person
	CashDeposited   Act = "cash.deposited"   // a slip of the bank for signed days; Detail "cashdays", "fen", "counted"
	DepositSigned   Act = "cash.agreed"      // by another person, who read the same on the slip
	DepositDropped  Act = "cash.dropped"     // by the other, or taken back
)

// Kinds of subjects that belong to them.
const (
	OfTransfer = "transfer"
	OfCash     = "cash"
	OfDeposit  = "deposit"
)
