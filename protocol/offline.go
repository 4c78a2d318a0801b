package protocol

import "time"

// How far a box goes on by itself (demand X7, requirement S28). Both sides go by
// these: the box stops taking new people at them, and the hub says of a box that
// is silent when that will be. They are generous against the two weeks without a
// network that are promised, and they end: a box that has heard of no withdrawal,
// no change of staff and no other point's confirmations for three weeks would
// serve people by what may be wrong by now, and one that is lost with more
// records than this loses a whole point's season.
const (
	OfflineLimit = 21 * 24 * time.Hour // since the hub was last heard; as long as staff may sign in
	OfflineWarn  = 14 * 24 * time.Hour // from here on the desk says how many days are left

	UnsentLimit      = 12_000   // records without a receipt: three weeks of a point's busiest days
	UnsentBytesLimit = 16 << 30 // their bytes, blobs and all
	UnsentWarn       = 80       // hundredths of either at which it is said
)
