package intake

import (
	"sync/atomic"
	"time"

	"zhunkao/hub/measure"
)

// meters are how large and how fast things went, since the start of the hub.
type meters struct {
	bytes   atomic.Uint64
	batches *measure.Histogram
	took    *measure.Histogram
	stored  *measure.Histogram
}

func newMeters() *meters {
	return &meters{batches: measure.New(1, 2, 4, 8, 16, 32, 64, 128, 256), took: measure.Seconds(), stored: measure.Seconds()}
}

// committed counts one batch that stands.
func (m *meters) committed(batch []*item) {
	m.batches.Observe(float64(len(batch)))
	for _, it := range batch {
		if !it.heard.IsZero() {
			m.took.Since(it.heard)
		}
	}
}

// put counts one write of blobs that stands.
func (m *meters) put(began time.Time) { m.stored.Since(began) }

// Meters is a reading of how large and how fast things went.
type Meters struct {
	Bytes   uint64          // of all messages that came
	Batches measure.Reading // records of one commit
	Took    measure.Reading // seconds from a record's last part to its commit
	Stored  measure.Reading // seconds of writing the blobs of a batch
	Lanes   []int           // messages that wait, by lane
}

// Meters takes a reading.
func (in *Intake) Meters() Meters {
	m := Meters{Bytes: in.meters.bytes.Load(), Batches: in.meters.batches.Read(), Took: in.meters.took.Read(), Stored: in.meters.stored.Read()}
	for _, l := range in.lanes {
		m.Lanes = append(m.Lanes, len(l.in)+len(l.small))
	}
	return m
}
