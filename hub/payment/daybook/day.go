package daybook

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"zhunkao/protocol/window"
)

var (
	// ErrNotFound says that there is no such file, day, conflict or residue.
	ErrNotFound = errors.New("daybook: not found")
	// ErrState says that it is not where this can be done to it.
	ErrState = errors.New("daybook: not in this state")
	// ErrRefused says that a file is not what it should be; its summary says where.
	ErrRefused = errors.New("daybook: the file was refused")
)

// Day is a day of China: days since 1970-01-01. 0 is none, and in the tables the
// first day that is open.
type Day int64

const dayMillis = 24 * 60 * 60 * 1000

// offsetMillis is how far China is ahead of UTC.
const offsetMillis = 8 * 60 * 60 * 1000

// DayOf is the day of a moment.
func DayOf(t time.Time) Day { return Day((t.UnixMilli() + offsetMillis) / dayMillis) }

// ParseDay reads 2019-09-06; false for anything else, and before 1971.
func ParseDay(s string) (Day, bool) {
	t, err := time.ParseInLocation(time.DateOnly, s, window.Zone())
	if err != nil || t.Year() < 1971 {
		return 0, false
	}
	return DayOf(t), true
}

// Start is its first moment.
func (d Day) Start() time.Time { return time.UnixMilli(d.millis()).In(window.Zone()) }

func (d Day) millis() int64 { return int64(d)*dayMillis - offsetMillis }

// String is the day as in an address: 2019-09-06.
func (d Day) String() string { return d.Start().Format(time.DateOnly) }

// newID gives the id of a file, a conflict or a residue.
func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails (Go 1.24)
	return hex.EncodeToString(b[:])
}
