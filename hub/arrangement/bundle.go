package arrangement

import (
	"bufio"
	"bytes"
	"cmp"
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

const bundleHead = "zhunkao-arrangement 1"

// ErrBundle says that a text is no bundle, or not a whole one.
var ErrBundle = errors.New("arrangement: not a bundle")

// Published is everything that a bundle holds.
type Published struct {
	Input       Input
	Commitments []Commitment
	Shares      []Share
	Result      Result
	Root        Hash
}

// write writes what is agreed to before the draw. in is sorted.
func (in *Input) write(w io.Writer) {
	rules, err := json.Marshal(in.Rules)
	if err != nil {
		panic("arrangement: rules: " + err.Error()) // numbers and texts
	}
	_, _ = fmt.Fprintf(w, "%s\nrules\t%s\n", bundleHead, rules)
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

func (r *Room) line() string {
	return fmt.Sprintf("room\t%s\t%d\t%s\t%s\t%s\t%d", r.Area, r.Number, r.Pool, r.Need, strings.Join(r.Groups, " "), r.Seats)
}

func (p *Problem) line() string {
	return fmt.Sprintf("problem\t%s\t%s\t%d\t%s\t%d", p.Reason, p.Area, p.Room, p.Token, p.Count)
}

// Write writes a bundle; the error is the writer's.
func (p *Published) Write(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<16)
	p.Input.sorted().write(w)
	for _, c := range slices.SortedFunc(slices.Values(p.Commitments), func(a, b Commitment) int { return cmp.Compare(a.Office, b.Office) }) {
		_, _ = fmt.Fprintf(w, "commit\t%s\t%x\n", c.Office, c.Hash)
	}
	for _, s := range slices.SortedFunc(slices.Values(p.Shares), func(a, b Share) int { return cmp.Compare(a.Office, b.Office) }) {
		_, _ = fmt.Fprintf(w, "reveal\t%s\t%x\n", s.Office, s.Secret)
	}
	p.Result.write(w)
	_, _ = fmt.Fprintf(w, "root\t%x\n", p.Root)
	return w.Flush()
}

// write writes what follows from the draw.
func (r *Result) write(w io.Writer) {
	for i := range r.Rooms {
		_, _ = io.WriteString(w, r.Rooms[i].line()+"\n")
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
// arrangement verify). It returns what was published, and an error that names the first
// difference: ErrBundle, ErrInput, ErrDraw or ErrProof.
func Verify(from io.Reader) (*Published, error) {
	p, said, err := read(from)
	if err != nil {
		return nil, err
	}
	if err := p.Input.Check(); err != nil {
		return p, err
	}
	seed, err := Draw(p.Input.Digest(), p.Commitments, p.Shares)
	if err != nil {
		return p, err
	}
	again, err := Arrange(&p.Input, seed)
	if err != nil {
		return p, err
	}
	var computed bytes.Buffer
	again.write(&computed)
	if !bytes.Equal(computed.Bytes(), said) {
		return p, fmt.Errorf("%w: %s", ErrProof, difference(said, computed.Bytes()))
	}
	if p.Result = *again; p.Root != again.Tree().Root {
		return p, fmt.Errorf("%w: the root is another", ErrProof)
	}
	return p, nil
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
