package journal

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// sealedAt reports whether the hub sealed this row under the given number.
func (r row) sealedAt(k Keys, number uint64) bool {
	at := Checkpoint{Number: number}
	if len(r.chain) != len(at.Hash) {
		return false
	}
	copy(at.Hash[:], r.chain)
	return bytes.Equal(k.JournalSeal(stamp(at, r.id, r.body)), r.seal)
}

// columnsAgree reports whether the columns for finding say what the body says.
func (r row) columnsAgree() bool {
	b, err := decode(r.body)
	return err == nil && b.ID == r.id && b.At == r.at && string(b.Act) == r.act && b.Subject.Kind == r.kind &&
		b.Subject.ID == r.subject && b.Point == r.point && b.Division == r.division && (b.staff() == r.staff || r.staff == "" && !r.filled)
}

// conclude gives the suspects and the gaps their names.
func (v *verifier) conclude() {
	home := v.homes()
	var last *Finding // of the suspect before, to make runs
	var lastShift int64
	for _, s := range v.suspects {
		f, shift := v.name(s, home)
		if last != nil && f.Number == last.To+1 && f.Kind == last.Kind && shift == lastShift &&
			(f.Kind == FoundRewritten || f.Kind == FoundSwapped && shift != 0) {
			last.To = f.Number
			continue
		}
		v.find(f)
		last, lastShift = &v.report.Findings[len(v.report.Findings)-1], shift
	}
	for _, m := range v.missing {
		v.find(Finding{Kind: FoundDeleted, Number: m[0], To: m[1], Note: "missing"})
	}
	if head := v.report.Head.Number; v.report.Signed.Number > head {
		v.find(Finding{Kind: FoundTruncated, Number: head + 1, To: v.report.Signed.Number,
			Note: "missing at the end, but signed in the file of checkpoints"})
	}
	slices.SortStableFunc(v.report.Findings, func(a, b Finding) int {
		if a.Number != b.Number {
			return int(int64(a.Number) - int64(b.Number))
		}
		return strings.Compare(a.Kind, b.Kind)
	})
}

// name says what happened to a suspect, and by how far it was moved.
func (v *verifier) name(s suspect, home map[uint64]uint64) (Finding, int64) {
	f := Finding{Kind: FoundAltered, Number: s.number, To: s.number, ID: s.id, Act: Act(s.act), Note: "not as it was sealed"}
	was := home[s.number]
	switch {
	case s.columns:
		f.Note = "the columns beside the sealed entry were changed"
	case was != 0:
		f.Kind, f.Note = FoundSwapped, fmt.Sprintf("was sealed as number %d", was)
		return f, int64(was) - int64(s.number)
	case home[s.number+1] == s.number:
		// The next row, and all after it, were moved up to make room.
		f.Kind, f.Note = FoundInserted, "was never sealed by this hub"
	case s.linked && s.number <= v.broken:
		f.Kind, f.Note = FoundRewritten, "the chain was computed anew from here and is not the one that was signed"
	case s.linked, s.number > max(v.lastGood, v.lastOurs, v.report.Signed.Number):
		f.Kind, f.Note = FoundInserted, "was never sealed by this hub, or its seal was taken away"
	}
	return f, 0
}

// maxPairs bounds the search for exchanged rows, which is the square of it.
const maxPairs = 200

// homes finds, for suspects that were only moved, the number they were sealed
// under: a number near by (rows were shifted), or that of a gap or of another
// suspect (rows, or their contents, were exchanged).
func (v *verifier) homes() map[uint64]uint64 {
	var gaps []uint64
	for _, m := range v.missing {
		for n := m[0]; n <= m[1] && len(gaps) < maxPairs; n++ {
			gaps = append(gaps, n)
		}
	}
	home := map[uint64]uint64{}
	shift := int64(0) // of the suspect before: shifted rows come in runs
	for i, s := range v.suspects {
		if s.columns {
			continue
		}
		near := append([]uint64{uint64(int64(s.number) + shift), s.number - 1, s.number + 1}, gaps...)
		n := v.homeOf(s, near, i < maxPairs)
		if n != 0 {
			home[s.number], shift = n, int64(n)-int64(s.number)
		}
	}
	return home
}

func (v *verifier) homeOf(s suspect, near []uint64, pairs bool) uint64 {
	for _, n := range near {
		if n != s.number && n != 0 && s.sealedAt(v.k, n) {
			return n
		}
	}
	if !pairs {
		return 0
	}
	for _, t := range v.suspects[:min(len(v.suspects), maxPairs)] {
		if t.number == s.number || t.columns {
			continue
		}
		// The whole row; its content; its content without the id.
		content := row{id: s.id, body: s.body, chain: t.chain, seal: t.seal}
		bare := row{id: t.id, body: s.body, chain: t.chain, seal: t.seal}
		if s.sealedAt(v.k, t.number) || content.sealedAt(v.k, t.number) || bare.sealedAt(v.k, t.number) {
			return t.number
		}
	}
	return 0
}
