package journal

// What becomes of an order (缴费单): subject is the order; Detail "order",
// "application", "level". OrderPaid and OrderRefunded, which package progress counts,
// stand with the other acts that it counts.
const (
	OrderOpened   Act = "order.opened"   // Detail "fen", "due", "cause", "record"
	OrderJoined   Act = "order.joined"   // the record of one that a slip opened has come; Detail "record"
	OrderMoved    Act = "order.moved"    // she has another point, or a level of the same fee; Detail "from", "from-level"
	OrderWaived   Act = "order.waived"   // Detail "second"
	OrderClosed   Act = "order.closed"   // its time is over
	OrderLeft     Act = "order.left"     // she withdrew, or nothing of hers stands; Detail "why"
	OrderExtended Act = "order.extended" // Detail "due", "was", "second"
	OrderDiffers  Act = "order.differs"  // it is paid, and her fee is another by now; Detail "fen", "fee"
	OrderSettled  Act = "order.settled"  // … and what becomes of that was decided; Detail "second"
)

// What becomes of a movement (收支记录): subject is the movement; Detail "order",
// "application", "level" as far as it names an order, "channel", "fen".
const (
	MovementSuspended Act = "movement.suspended" // Detail "standing"
	MovementCredited  Act = "movement.credited"  // it pays its order after all; Detail "second"
	MovementReverted  Act = "movement.reverted"  // the channel never had it, and it paid nothing
	MovementConflict  Act = "movement.conflict"  // the channel says something else of it than before
	MovementSettled   Act = "movement.settled"   // … and what two persons found out about that; nothing moved. Detail "number", "second"
	RefundAsked       Act = "refund.asked"
	RefundAgain       Act = "refund.again" // it had no end for ten days, and is asked for again; Detail "number"
	RefundMade        Act = "refund.made"
	RefundFailed      Act = "refund.failed"
	RefundTaken       Act = "refund.taken"     // nobody here had asked for it, and two took it into the books; Detail "of", "second"
	PaymentReverted   Act = "payment.reverted" // the channel never had what paid the order: it is paid no more
)

// Kinds of subjects that belong to them.
const (
	OfOrder    = "order"
	OfMovement = "movement"
)
