package arrangement

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// kind is a kind of lines: how many values it has, its name counted, and whether it is
// there once.
type kind struct {
	name   string
	values int
	once   bool
}

// kinds are those of a bundle in their order; revisedKinds those of a revision.
var (
	kinds        = []kind{{"rules", 2, true}, {"area", 3, false}, {"catchment", 6, false}, {"candidate", 9, false}, {"commit", 3, false}, {"reveal", 3, false}, {"room", 0, false}, {"seat", 0, false}, {"problem", 0, false}, {"root", 2, true}}
	revisedKinds = slices.Concat(kinds[:4], []kind{{"list", 2, true}, {"drawn", 2, true}}, kinds[4:6], []kind{{"was", 2, true}, {"oldroom", 9, false}, {"oldseat", 6, false}, {"lateseat", 6, false}}, kinds[6:])
)

// maxLine is the most bytes of a line.
const maxLine = 1 << 16

// read reads a bundle. said are its lines from rooms to problems, as they stand.
func read(from io.Reader) (p *Published, said []byte, err error) {
	in := bufio.NewScanner(from)
	in.Buffer(make([]byte, 1<<12), maxLine)
	in.Scan()
	p = &Published{}
	order := kinds
	switch in.Text() {
	case bundleHead:
	case revisedHead:
		order, p.Before = revisedKinds, &Before{}
	default:
		return nil, nil, fmt.Errorf("%w: the first line is not %q", ErrBundle, bundleHead)
	}
	last, n := -1, 1
	for in.Scan() {
		n++
		f := strings.Split(in.Text(), "\t")
		at := slices.IndexFunc(order, func(k kind) bool { return k.name == f[0] })
		if at < last || at < 0 || at == last && order[at].once {
			return nil, nil, fmt.Errorf("%w: line %d is out of its order", ErrBundle, n)
		}
		last = at
		if order[at].values == 0 {
			said = append(append(said, in.Bytes()...), '\n')
			continue
		}
		if err := p.take(f, order[at].values); err != nil {
			return nil, nil, fmt.Errorf("%w: line %d: %w", ErrBundle, n, err)
		}
	}
	if err := in.Err(); err != nil {
		return nil, nil, fmt.Errorf("%w: line %d: %w", ErrBundle, n+1, err)
	}
	if last != len(order)-1 {
		return nil, nil, fmt.Errorf("%w: it ends after line %d, without its root", ErrBundle, n)
	}
	return p, said, nil
}

// take takes a line in.
func (p *Published) take(f []string, want int) (err error) {
	if len(f) != want {
		return fmt.Errorf("%d values, want %d", len(f), want)
	}
	switch f[0] {
	case "rules":
		return json.Unmarshal([]byte(f[1]), &p.Input.Rules)
	case "area":
		n, err := strconv.Atoi(f[2])
		p.Input.Areas = append(p.Input.Areas, Area{f[1], n})
		return err
	case "catchment":
		p.Input.Catchments = append(p.Input.Catchments, Catchment{f[1], f[2], f[3], f[4], f[5]})
	case "candidate":
		c := Candidate{Division: f[2], Level: f[3], Category: f[4], Language: f[5], Need: f[6], Area: f[8]}
		if c.Token, err = ParseToken(f[1]); err != nil {
			return err
		}
		c.Origin, err = strconv.ParseUint(f[7], 16, 64)
		p.Input.Candidates = append(p.Input.Candidates, c)
		return err
	case "commit":
		c := Commitment{Office: f[1]}
		err = unhex(f[2], c.Hash[:])
		p.Commitments = append(p.Commitments, c)
	case "reveal":
		s := Share{Office: f[1]}
		err = unhex(f[2], s.Secret[:])
		p.Shares = append(p.Shares, s)
	case "list":
		err = unhex(f[1], p.list[:])
	case "root":
		err = unhex(f[1], p.Root[:])
	default:
		return p.Before.take(f)
	}
	return err
}

// take takes a line in that only a revision has.
func (b *Before) take(f []string) (err error) {
	switch f[0] {
	case "drawn":
		return unhex(f[1], b.Digest[:])
	case "was":
		return unhex(f[1], b.Root[:])
	case "oldroom":
		r := OldRoom{Room: Room{Area: f[1], Pool: f[3], Need: f[4], Groups: strings.Fields(f[5])}}
		err = whole([]string{f[2], f[6], f[7], f[8]}, &r.Number, &r.Seats, &r.Last, &r.Drawn)
		b.Rooms = append(b.Rooms, r)
	default:
		s := Seat{Area: f[2], Number: f[5]}
		if s.Token, err = ParseToken(f[1]); err != nil {
			return err
		}
		err = whole(f[3:5], &s.Room, &s.Seat)
		if f[0] == "oldseat" {
			b.Seats = append(b.Seats, s)
		} else {
			b.Late = append(b.Late, s)
		}
	}
	return err
}

// whole reads whole numbers.
func whole(texts []string, to ...*int) (err error) {
	for i := 0; i < len(to) && err == nil; i++ {
		*to[i], err = strconv.Atoi(texts[i])
	}
	return err
}

func unhex(s string, to []byte) error {
	if len(s) != 2*len(to) {
		return fmt.Errorf("%d digits, want %d", len(s), 2*len(to))
	}
	_, err := hex.Decode(to, []byte(s))
	return err
}
