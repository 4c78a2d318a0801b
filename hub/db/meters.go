package db

import (
	"database/sql"
	"sync/atomic"
	"time"

	"zhunkao/hub/measure"
)

// meters are how long transactions took, since the handle was opened.
type meters struct {
	write, read *measure.Histogram
	failed      atomic.Uint64
	commits     atomic.Uint64
	shared      atomic.Uint64
}

func newMeters() *meters { return &meters{write: measure.Seconds(), read: measure.Seconds()} }

// wrote counts one Write: all its attempts together.
func (m *meters) wrote(began time.Time, err *error) {
	if m == nil {
		return
	}
	m.write.Since(began)
	if *err != nil {
		m.failed.Add(1)
	}
}

// committed counts one commit of the work of n.
func (m *meters) committed(n int) {
	if m == nil {
		return
	}
	m.commits.Add(1)
	if n > 1 {
		m.shared.Add(uint64(n))
	}
}

// did counts one Read.
func (m *meters) did(began time.Time) {
	if m != nil {
		m.read.Since(began)
	}
}

// Meters is a reading of a handle.
type Meters struct {
	Write, Read measure.Reading // seconds of whole transactions, what they waited for included
	Failed      uint64          // writing transactions that came to nothing, refusals among them
	Commits     uint64          // commits that were asked for: one for all of a group
	Shared      uint64          // writing transactions that shared theirs with others
	Pools       map[string]sql.DBStats
}

// Meters takes a reading. Pools are "write" and "read".
func (d *DB) Meters() Meters {
	m := Meters{Pools: map[string]sql.DBStats{}}
	if d.meters != nil {
		m.Write, m.Read, m.Failed = d.meters.write.Read(), d.meters.read.Read(), d.meters.failed.Load()
		m.Commits, m.Shared = d.meters.commits.Load(), d.meters.shared.Load()
	}
	m.Pools["read"] = d.read.Stats()
	if d.write != nil {
		m.Pools["write"] = d.line.stats(d.write.Stats())
	}
	return m
}
