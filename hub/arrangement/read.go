package arrangement

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// order is that of the kinds of lines.
var order = map[string]int{"rules": 0, "area": 1, "catchment": 2, "candidate": 3, "commit": 4, "reveal": 5, "room": 6, "seat": 7, "problem": 8, "root": 9}

// maxLine is the most bytes of a line.
const maxLine = 1 << 16

// read reads a bundle. said are its lines from rooms to problems, as they stand.
func read(from io.Reader) (p *Published, said []byte, err error) {
	in := bufio.NewScanner(from)
	in.Buffer(make([]byte, 1<<12), maxLine)
	if !in.Scan() || in.Text() != bundleHead {
		return nil, nil, fmt.Errorf("%w: the first line is not %q", ErrBundle, bundleHead)
	}
	p = &Published{}
	last, n := -1, 1
	for in.Scan() {
		n++
		f := strings.Split(in.Text(), "\t")
		at, known := order[f[0]]
		if !known || at < last || at == last && (at == 0 || at == 9) {
			return nil, nil, fmt.Errorf("%w: line %d is out of its order", ErrBundle, n)
		}
		last = at
		if at >= order["room"] && at <= order["problem"] {
			said = append(append(said, in.Bytes()...), '\n')
			continue
		}
		if err := p.take(f); err != nil {
			return nil, nil, fmt.Errorf("%w: line %d: %w", ErrBundle, n, err)
		}
	}
	if err := in.Err(); err != nil {
		return nil, nil, fmt.Errorf("%w: line %d: %w", ErrBundle, n+1, err)
	}
	if last != order["root"] {
		return nil, nil, fmt.Errorf("%w: it ends after line %d, without its root", ErrBundle, n)
	}
	return p, said, nil
}

// take takes a line in.
func (p *Published) take(f []string) (err error) {
	want := map[string]int{"rules": 2, "area": 3, "catchment": 6, "candidate": 9, "commit": 3, "reveal": 3, "root": 2}[f[0]]
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
	case "root":
		err = unhex(f[1], p.Root[:])
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
