package arrangement

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A bundle is an arrangement as it is published: text in UTF-8, a line for each fact,
// values parted by tabs, in one order. Nobody's name or number of a document is in it.
//
//	zhunkao-arrangement 1
//	rules      JSON of Rules
//	area       code, rooms
//	catchment  division, level, category, language, area
//	candidate  token, division, level, category, language, need, origin, area
//	commit     office, SHA-256
//	reveal     office, secret
//	room       area, room, pool, need, groups parted by spaces, seats
//	seat       token, area, room, seat, number
//	problem    reason, area, room, token, count
//	root       of the tree over rooms and seats
//
// The bundle of a revision (rule 9) begins with "zhunkao-arrangement 2". Its list is the
// new one; its shares are those of the draw, which were committed to another list; and it
// holds what it was made from. Lines that it has more, where they stand:
//
//	list       digest of the new list, as it was published when it was frozen; before commit
//	drawn      digest of the list that the shares were committed to
//	was        root of the version that it corrects; behind reveal
//	oldroom    area, room, pool, need, groups, seats, highest seat, highest seat in the tree of was
//	oldseat    token, area, room, seat, number, of a seat in that tree
//	lateseat   the same of an exception seat: two persons gave it after publication, it
//	           was not drawn and no root stands for it. In the revision it has a proof.
//	room       … as above, and the highest seat

const (
	bundleHead  = "zhunkao-arrangement 1"
	revisedHead = "zhunkao-arrangement 2"
)

// ErrBundle says that a text is no bundle, or not a whole one.
var ErrBundle = errors.New("arrangement: not a bundle")

// Published is everything that a bundle holds.
type Published struct {
	Input       Input
	Commitments []Commitment
	Shares      []Share
	Result      Result
	Root        Hash
	Before      *Before // what a revision was made from; nil of a draw

	list [sha256.Size]byte // digest that a revision's bundle states
}

// Before is the arrangement that a revision corrects, and the draw that both stand on.
type Before struct {
	Digest [sha256.Size]byte // of the list that the shares were committed to
	Root   Hash
	Rooms  []OldRoom
	Seats  []Seat // in the tree of Root
	Late   []Seat // exception seats, for which no root stands
}

// OldRoom is a room as it stood, exception seats too.
type OldRoom struct {
	Room
	Drawn int // the highest seat in the tree; 0 of a room that is not in it
}

// result is all of it, as Revise takes it.
func (b *Before) result() *Result {
	r := &Result{Seats: slices.Concat(b.Seats, b.Late)}
	for i := range b.Rooms {
		r.Rooms = append(r.Rooms, b.Rooms[i].Room)
	}
	return r
}

// check holds the seats against the root. It wraps ErrInput or ErrProof.
func (b *Before) check() error {
	if err := b.result().check(); err != nil {
		return err
	}
	rooms, drawn := slices.SortedFunc(slices.Values(b.Rooms), func(x, y OldRoom) int { return byRoom(x.Room, y.Room) }), map[roomKey]int{}
	tree := &Result{Seats: slices.SortedFunc(slices.Values(b.Seats), bySeat)}
	for _, r := range rooms {
		if r.Drawn < 0 || r.Drawn > r.last() {
			return fmt.Errorf("%w: before: room %d of area %s has fewer seats than its tree", ErrInput, r.Number, r.Area)
		}
		if drawn[roomKey{r.Area, r.Number}] = r.Drawn; r.Drawn > 0 {
			tree.Rooms = append(tree.Rooms, Room{Area: r.Area, Number: r.Number, Last: r.Drawn})
		}
	}
	for i := range b.Seats {
		if s := &b.Seats[i]; s.Seat > drawn[roomKey{s.Area, s.Room}] {
			return fmt.Errorf("%w: before: seat %d of room %d of area %s is not in its tree", ErrInput, s.Seat, s.Room, s.Area)
		}
	}
	for i := range b.Late {
		if s := &b.Late[i]; s.Seat <= drawn[roomKey{s.Area, s.Room}] {
			return fmt.Errorf("%w: before: exception seat %d of room %d of area %s is in its tree", ErrInput, s.Seat, s.Room, s.Area)
		}
	}
	if tree.Tree().Root != b.Root {
		return fmt.Errorf("%w: the seats before are not those of the root before", ErrProof)
	}
	return nil
}

// write writes what is agreed to before the draw. in is sorted.
func (in *Input) write(w io.Writer, head string) {
	rules, err := json.Marshal(in.Rules)
	if err != nil {
		panic("arrangement: rules: " + err.Error()) // numbers and texts
	}
	_, _ = fmt.Fprintf(w, "%s\nrules\t%s\n", head, rules)
	for _, a := range in.Areas {
		_, _ = fmt.Fprintf(w, "area\t%s\t%d\n", a.Code, a.Rooms)
	}
	for _, c := range in.Catchments {
		_, _ = fmt.Fprintf(w, "catchment\t%s\t%s\t%s\t%s\t%s\n", c.Division, c.Level, c.Category, c.Language, c.Area)
	}
	line := make([]byte, 0, 128)
	for i := range in.Candidates {
		c := &in.Candidates[i]
		line = append(line[:0], "candidate\t"...)
		line = hex.AppendEncode(line, c.Token[:])
		for _, v := range [...]string{c.Division, c.Level, c.Category, c.Language, c.Need} {
			line = append(append(line, '\t'), v...)
		}
		line = strconv.AppendUint(append(line, '\t'), c.Origin, 16)
		line = append(append(append(line, '\t'), c.Area...), '\n')
		_, _ = w.Write(line)
	}
}

// line is a seat in the bundle, without the end of the line: what its leaf is made of.
func (s *Seat) line(b []byte) []byte {
	b = append(b, "seat\t"...)
	b = hex.AppendEncode(b, s.Token[:])
	b = append(append(b, '\t'), s.Area...)
	b = strconv.AppendInt(append(b, '\t'), int64(s.Room), 10)
	b = strconv.AppendInt(append(b, '\t'), int64(s.Seat), 10)
	return append(append(b, '\t'), s.Number...)
}

// roomLeaf is what the leaf of a room is made of.
func roomLeaf(area string, number int, seats Hash) []byte {
	return fmt.Appendf(nil, "room\t%s\t%d\t%x", area, number, seats)
}

// emptyLeaf is what the leaf of a seat is made of that nobody has any more (rule 9).
func emptyLeaf(area string, room, seat int) []byte {
	return fmt.Appendf(nil, "empty\t%s\t%d\t%d", area, room, seat)
}

func (r *Room) line() string {
	return fmt.Sprintf("room\t%s\t%d\t%s\t%s\t%s\t%d", r.Area, r.Number, r.Pool, r.Need, strings.Join(r.Groups, " "), r.Seats)
}

func (p *Problem) line() string {
	return fmt.Sprintf("problem\t%s\t%s\t%d\t%s\t%d", p.Reason, p.Area, p.Room, p.Token, p.Count)
}

// Write writes a bundle; the error is the writer's.
func (p *Published) Write(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<16)
	if p.Before == nil {
		p.Input.sorted().write(w, bundleHead)
	} else {
		p.Input.sorted().write(w, revisedHead)
		_, _ = fmt.Fprintf(w, "list\t%x\ndrawn\t%x\n", p.Input.Digest(), p.Before.Digest)
	}
	for _, c := range byOffice(p.Commitments) {
		_, _ = fmt.Fprintf(w, "commit\t%s\t%x\n", c.Office, c.Hash)
	}
	for _, s := range slices.SortedFunc(slices.Values(p.Shares), func(a, b Share) int { return cmp.Compare(a.Office, b.Office) }) {
		_, _ = fmt.Fprintf(w, "reveal\t%s\t%x\n", s.Office, s.Secret)
	}
	if p.Before != nil {
		p.Before.write(w)
	}
	p.Result.write(w, p.Before != nil)
	_, _ = fmt.Fprintf(w, "root\t%x\n", p.Root)
	return w.Flush()
}

// write writes what a revision was made from.
func (b *Before) write(w io.Writer) {
	_, _ = fmt.Fprintf(w, "was\t%x\n", b.Root)
	for _, r := range slices.SortedFunc(slices.Values(b.Rooms), func(x, y OldRoom) int { return byRoom(x.Room, y.Room) }) {
		_, _ = fmt.Fprintf(w, "old%s\t%d\t%d\n", r.line(), r.last(), r.Drawn)
	}
	line := make([]byte, 0, 128)
	for _, some := range []struct {
		kind  string
		seats []Seat
	}{{"old", b.Seats}, {"late", b.Late}} {
		for _, s := range slices.SortedFunc(slices.Values(some.seats), bySeat) {
			line = append(s.line(append(line[:0], some.kind...)), '\n')
			_, _ = w.Write(line)
		}
	}
}

// write writes what follows from the draw; of a revision with the highest seat of each
// room.
func (r *Result) write(w io.Writer, revised bool) {
	for i := range r.Rooms {
		line := r.Rooms[i].line()
		if revised {
			line += "\t" + strconv.Itoa(r.Rooms[i].last())
		}
		_, _ = io.WriteString(w, line+"\n")
	}
	line := make([]byte, 0, 128)
	for i := range r.Seats {
		line = append(r.Seats[i].line(line[:0]), '\n')
		_, _ = w.Write(line)
	}
	for i := range r.Problems {
		_, _ = io.WriteString(w, r.Problems[i].line()+"\n")
	}
}

// Verify computes a published arrangement once more from its input and the shares that
// the offices revealed, and holds every byte against what was published (hubctl
// arrangement verify). A revision is computed from what it says was before, whose seats
// must lead to the root before; that this is what was published then, Follows says. It
// returns what was published, and an error that names the first difference: ErrBundle,
// ErrInput, ErrDraw or ErrProof.
func Verify(from io.Reader) (*Published, error) {
	p, said, err := read(from)
	if err != nil {
		return nil, err
	}
	if err := p.Input.Check(); err != nil {
		return p, err
	}
	again, err := p.again()
	if err != nil {
		return p, err
	}
	var computed bytes.Buffer
	again.write(&computed, p.Before != nil)
	if !bytes.Equal(computed.Bytes(), said) {
		return p, fmt.Errorf("%w: %s", ErrProof, difference(said, computed.Bytes()))
	}
	if p.Result = *again; p.Root != again.Tree().Root {
		return p, fmt.Errorf("%w: the root is another", ErrProof)
	}
	return p, nil
}

// again computes what was published.
func (p *Published) again() (*Result, error) {
	digest := p.Input.Digest()
	if p.Before != nil {
		digest = p.Before.Digest
	}
	seed, err := Draw(digest, p.Commitments, p.Shares)
	if err != nil {
		return nil, err
	}
	if p.Before == nil {
		return Arrange(&p.Input, seed)
	}
	if p.Input.Digest() != p.list {
		return nil, fmt.Errorf("%w: the list is not that of its digest", ErrProof)
	}
	if err := p.Before.check(); err != nil {
		return nil, err
	}
	r, err := Revise(&p.Input, seed, p.Before.result())
	if err != nil {
		return nil, err
	}
	return &r.Result, nil
}

// Follows holds what a revision says was before against the bundle of that version: the
// draw, the rooms and the root. ErrProof.
func (p *Published) Follows(before *Published) error {
	b := p.Before
	if b == nil || b.Root != before.Root {
		return fmt.Errorf("%w: it was not made from this version", ErrProof)
	}
	digest := before.Input.Digest()
	if before.Before != nil {
		digest = before.Before.Digest
	}
	if b.Digest != digest || !slices.Equal(byOffice(p.Commitments), byOffice(before.Commitments)) {
		return fmt.Errorf("%w: it stands on another draw", ErrProof)
	}
	n := 0
	for _, r := range b.Rooms {
		if r.Drawn == 0 {
			continue
		}
		if n++; n > len(before.Result.Rooms) {
			break
		}
		was := before.Result.Rooms[n-1]
		if r.Area != was.Area || r.Number != was.Number || r.Drawn != was.last() || r.Pool != was.Pool || r.Need != was.Need || len(r.Groups) < len(was.Groups) || !slices.Equal(r.Groups[:len(was.Groups)], was.Groups) {
			return fmt.Errorf("%w: room %d of area %s was another", ErrProof, r.Number, r.Area)
		}
	}
	if n != len(before.Result.Rooms) {
		return fmt.Errorf("%w: there were other rooms", ErrProof)
	}
	return nil
}

func byOffice(c []Commitment) []Commitment {
	return slices.SortedFunc(slices.Values(c), func(a, b Commitment) int { return cmp.Compare(a.Office, b.Office) })
}

// difference names the first line that is not as it was computed.
func difference(said, computed []byte) string {
	a, b := bytes.Split(said, []byte("\n")), bytes.Split(computed, []byte("\n"))
	for i := range min(len(a), len(b)) {
		if !bytes.Equal(a[i], b[i]) {
			return fmt.Sprintf("line %d of rooms and seats says %q, and it follows %q", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines of rooms and seats, and %d follow", len(a)-1, len(b)-1)
}
