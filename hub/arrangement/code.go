package arrangement

import (
	"encoding/base32"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Code is what the code on a ticket says (准考证二维码, demand A49): a seat, of which
// arrangement it is, and the path from it to the root of its room. The room's path to
// the province's root stands in the public bundle.
//
// Its text is made of the characters that a code packs best, capitals, digits and "."
// (ISO/IEC 18004, alphanumeric mode), in nine parts:
//
//	ZK1 . campaign . version . number . area . room . seat-of . token . path
//
// "ZK1" is this format. campaign is the campaign's id in capitals; version the number
// of the arrangement; room, seat and of are decimal, of being how many sit in the room.
// token and path are base32 (RFC 4648, no padding): 16 bytes, and 32 for each step,
// from below. What comes before "ZK1." is an address for a telephone and no part of it.
// Nothing in it is anybody's name or number of a document.
//
// A room of at most 32 takes five steps: 256 characters of path, some 340 in all.
type Code struct {
	Campaign string // id, as the campaign has it
	Version  int
	Seat     Seat
	Of       int // how many sit in the room
	Path     []Hash
}

// ErrCode says that a text is no code of a ticket.
var ErrCode = errors.New("arrangement: not the code of a ticket")

// codeMark begins a code, and codeParts is how many parts it has.
const (
	codeMark  = "ZK1"
	codeParts = 9
	maxSteps  = 16 // 65,536 in one room: what is longer is nobody's
	maxCode   = 4096
)

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// Code is the code of a seat whose proof this is. ErrCode for a proof of another place,
// or a campaign, area or number that no code can hold.
func (p Proof) Code(campaign string, version int, s Seat) (Code, error) {
	c := Code{campaign, version, s, p.Of, p.Path}
	again, err := ParseCode(c.String())
	if err != nil || p.Index != s.Seat-1 || again.Seat != s || again.Campaign != campaign {
		return Code{}, ErrCode
	}
	return c, nil
}

// String is the text of a code.
func (c Code) String() string {
	path := make([]byte, 0, len(c.Path)*len(Hash{}))
	for _, h := range c.Path {
		path = append(path, h[:]...)
	}
	return strings.Join([]string{codeMark, strings.ToUpper(c.Campaign), strconv.Itoa(c.Version), c.Seat.Number, c.Seat.Area, strconv.Itoa(c.Seat.Room),
		fmt.Sprintf("%d-%d", c.Seat.Seat, c.Of), letters.EncodeToString(c.Seat.Token[:]), letters.EncodeToString(path)}, ".")
}

// ParseCode reads the text of a code as it was scanned or typed: an address before it,
// blanks and small letters make no difference. ErrCode.
func ParseCode(text string) (c Code, err error) {
	if len(text) > maxCode {
		return c, ErrCode
	}
	text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	at := strings.Index(text, codeMark+".")
	if at < 0 {
		return c, ErrCode
	}
	parts := strings.Split(text[at:], ".")
	if len(parts) != codeParts || !plain(parts[1]) || !plain(parts[3]) || !plain(parts[4]) {
		return c, ErrCode
	}
	seat, of, _ := strings.Cut(parts[6], "-")
	c.Campaign, c.Seat.Number, c.Seat.Area = strings.ToLower(parts[1]), parts[3], parts[4]
	for _, n := range []struct {
		to   *int
		text string
	}{{&c.Version, parts[2]}, {&c.Seat.Room, parts[5]}, {&c.Seat.Seat, seat}, {&c.Of, of}} {
		if *n.to, err = strconv.Atoi(n.text); err != nil || *n.to < 1 || strconv.Itoa(*n.to) != n.text {
			return Code{}, ErrCode
		}
	}
	token, err := letters.DecodeString(parts[7])
	if err != nil || len(token) != len(c.Seat.Token) || letters.EncodeToString(token) != parts[7] {
		return Code{}, ErrCode
	}
	path, err := letters.DecodeString(parts[8])
	if err != nil || letters.EncodeToString(path) != parts[8] || len(path)%len(Hash{}) != 0 || len(path) > maxSteps*len(Hash{}) || c.Seat.Seat > c.Of {
		return Code{}, ErrCode
	}
	c.Seat.Token = Token(token)
	for ; len(path) > 0; path = path[len(Hash{}):] {
		c.Path = append(c.Path, Hash(path))
	}
	return c, nil
}

// plain reports whether a text can stand in a code and be read back.
func plain(s string) bool {
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') && r != '-' {
			return false
		}
	}
	return s != ""
}

// Step is one step of a path, for who goes it herself.
type Step struct {
	Left, Right, Out Hash // Out is SHA-256 of 1, Left and Right
	Other            Hash // the side that the path gives
}

// Leaf is what the leaf of a code's seat is made of, and the leaf: SHA-256 of 0 and it.
func (c Code) Leaf() (text string, h Hash) {
	line := c.Seat.line(nil)
	return string(line), leaf(line)
}

// Steps goes from the leaf to the root of the room. ErrProof if the path is not as long
// as a tree of so many is high there.
func (c Code) Steps() ([]Step, Hash, error) {
	_, h := c.Leaf()
	return steps(h, c.Seat.Seat-1, c.Of, c.Path)
}

// Climb goes from the root of a room to that of the province: the leaf of the room, its
// steps and the root. The way is that of p.
func (p Proof) Climb(area string, number int, room Hash) (text string, h Hash, all []Step, top Hash, err error) {
	line := roomLeaf(area, number, room)
	h = leaf(line)
	all, top, err = steps(h, p.Room, p.Rooms, p.Up)
	return string(line), h, all, top, err
}

// steps is climb, step by step.
func steps(h Hash, i, n int, path []Hash) ([]Step, Hash, error) {
	var right []bool // whether we come from the right, from above
	for at, of := i, n; of > 1; {
		k := split(of)
		if right = append(right, at >= k); at >= k {
			at, of = at-k, of-k
		} else {
			of = k
		}
	}
	if len(right) != len(path) || i < 0 || i >= n {
		return nil, Hash{}, ErrProof
	}
	var out []Step
	for j, other := range path {
		s := Step{Left: h, Right: other, Other: other}
		if right[len(right)-1-j] {
			s.Left, s.Right = other, h
		}
		s.Out = node(s.Left, s.Right)
		h = s.Out
		out = append(out, s)
	}
	return out, h, nil
}

// Check holds a code against the published root: up is the way of its room, which the
// bundle gives. ErrProof.
func (c Code) Check(up Proof, province Hash) error {
	up.Index, up.Of, up.Path = c.Seat.Seat-1, c.Of, c.Path
	return up.Check(c.Seat, province)
}
