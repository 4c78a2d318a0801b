package dispatch

// Counts is a reading of what dispatch has said since the start of the hub.
type Counts struct {
	Said     uint64 // messages handed to the connection
	Dropped  uint64 // that could not be said when they were due
	Receipts uint64 // envelopes that were receipted
	Queued   int    // messages that wait for the connection
	Room     int    // that may wait
	Boxes    int    // boxes that wait to be told something
}

// Counts takes a reading.
func (d *Dispatch) Counts() Counts {
	return Counts{Said: d.said.Load(), Dropped: d.dropped.Load(), Receipts: d.receipts.Load(),
		Queued: len(d.out), Room: cap(d.out), Boxes: d.work.length()}
}

// length is how many boxes stand in the queue.
func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.order)
}
