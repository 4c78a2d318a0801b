package reconcile

import (
	"fmt"
	"time"
)

// Total is how much moved on a side.
type Total struct {
	Payments    int   `json:"payments"`
	PaymentsFen int64 `json:"payments_fen"`
	Refunds     int   `json:"refunds"`
	RefundsFen  int64 `json:"refunds_fen"`
}

func (t *Total) add(kind Kind, fen int64) {
	if kind == Refund {
		t.Refunds++
		t.RefundsFen += fen
		return
	}
	t.Payments++
	t.PaymentsFen += fen
}

// Finding is one movement with its class. An amount of a side that has not got it is 0.
type Finding struct {
	Class     Class
	Kind      Kind
	HasBooked bool
	HasStated bool
	Booked    uint32 // reference of the booking
	Stated    uint32 // reference of the line
	BookedFen int64
	StatedFen int64
	Age       int // days from the movement to the day that is reconciled
}

// Result is the reconciliation of a day.
type Result struct {
	Day      time.Time
	Booked   Total
	Stated   Total
	Cut      int            // pairs that lie on either side of midnight (日切)
	Of       [classes]Total // by class: of what is stated, else of what is booked
	Findings []Finding      // every movement that is not Matched, in a fixed order
}

func (r *Result) count(f Finding) {
	fen := f.BookedFen
	if f.HasStated {
		fen = f.StatedFen
	}
	r.Of[f.Class].add(f.Kind, fen)
	if f.Class != Matched {
		r.Findings = append(r.Findings, f)
	}
}

func (r *Result) finish() { sortFindings(r.Findings) }

// Balanced reports whether everything stated stands in a class, to the fen: the
// sum of the file is that of what is matched and of what is excepted (I4). It is
// what a day is sealed with, and never false while this package is right.
func (r *Result) Balanced() bool {
	var payments, refunds int64
	for c, t := range r.Of {
		switch Class(c) {
		case NotDue, Missing, RefundMissing: // on our side alone
			continue
		case Repeated, OtherAmount: // may stand on both sides with other amounts; below
			continue
		}
		payments, refunds = payments+t.PaymentsFen, refunds+t.RefundsFen
	}
	for _, f := range r.Findings {
		if f.HasStated && (f.Class == Repeated || f.Class == OtherAmount) {
			if f.Kind == Refund {
				refunds += f.StatedFen
			} else {
				payments += f.StatedFen
			}
		}
	}
	return payments == r.Stated.PaymentsFen && refunds == r.Stated.RefundsFen
}

// Append writes the result in the one form that a closed day is sealed in: text,
// a line for each class and each finding.
func (r *Result) Append(dst []byte) []byte {
	dst = fmt.Appendf(dst, "day %s\nbooked %s\nstated %s\ncut %d\n", r.Day.Format(time.DateOnly), r.Booked, r.Stated, r.Cut)
	for c, t := range r.Of {
		if t != (Total{}) {
			dst = fmt.Appendf(dst, "%s %s\n", Class(c), t)
		}
	}
	for _, f := range r.Findings {
		dst = fmt.Appendf(dst, "%s %s", f.Class, f.Kind)
		if f.HasStated {
			dst = fmt.Appendf(dst, " stated %d %d", f.Stated, f.StatedFen)
		}
		if f.HasBooked {
			dst = fmt.Appendf(dst, " booked %d %d", f.Booked, f.BookedFen)
		}
		dst = fmt.Appendf(dst, " age %d\n", f.Age)
	}
	return dst
}

// String is a total in a sealed day.
func (t Total) String() string {
	return fmt.Sprintf("%d %d %d %d", t.Payments, t.PaymentsFen, t.Refunds, t.RefundsFen)
}

// String is the kind's word in a sealed day.
func (k Kind) String() string {
	if k == Refund {
		return "refund"
	}
	return "payment"
}
