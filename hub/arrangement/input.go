package arrangement

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Token stands for a candidate in everything that is published: keyed, so that nobody
// finds her by it, and known to herself.
type Token [16]byte

// String is its hexadecimal form.
func (t Token) String() string { return hex.EncodeToString(t[:]) }

// ParseToken reads what String wrote.
func ParseToken(s string) (t Token, err error) {
	if len(s) != 2*len(t) {
		return t, fmt.Errorf("arrangement: a token has %d digits", 2*len(t))
	}
	_, err = hex.Decode(t[:], []byte(s))
	return t, err
}

// Candidate is one who sits the examination. Codes are the campaign's.
type Candidate struct {
	Token    Token
	Division string // where she registered
	Level    string
	Category string
	Language string // of her paper; "" where all are the same
	Need     string // key of a Need; "" is none
	Origin   uint64 // neighbours shall not have the same; 0 is none
	Area     string // moved there by hand, whatever catchments say; "" follows them, and so does one that is not among the areas
}

// Area (考区) is where candidates are seated together.
type Area struct {
	Code  string
	Rooms int // of its sites; 0 is not known yet
}

// Catchment (参考范围) says which area candidates of a division go to. Empty codes are
// any; a language is only given with a category, a category only with its level.
type Catchment struct {
	Division string
	Level    string
	Category string
	Language string
	Area     string
}

// Tail says what becomes of the rest of a group that fills no room.
type Tail string

// The ways.
const (
	Keep  Tail = "keep"
	Merge Tail = "merge"
	Pool  Tail = "pool"
)

// Need (特殊需要) is what some candidates need of their seat.
type Need struct {
	Key   string
	Apart bool // rooms of their own: more time, a reader, a ground floor
	Front bool // else, or also: a seat in the front row
}

// Level is what the rules know of a level of the examination.
type Level struct {
	Code string
	// Ends names when its sittings end: levels with the same text may share a room.
	Ends string
}

// Rules are campaign data.
type Rules struct {
	Size      int    // candidates in a room
	Grid      string // name of a Grid
	Tail      Tail
	MinTail   int     // for Merge
	Levels    []Level // in the order of rooms
	Languages bool    // languages have papers of their own
	Needs     []Need  // in the order of rooms
	Neighbour bool    // keep those of one origin apart
	Year      int
	Number    string // template, campaign.NumberTemplate
}

// Input is all that the seats follow from, but the seed.
type Input struct {
	Rules      Rules
	Areas      []Area
	Catchments []Catchment
	Candidates []Candidate
}

// ErrInput is wrapped by every failure of Check.
var ErrInput = errors.New("arrangement: input")

// Check says what contradicts itself in an input.
func (in *Input) Check() error {
	if err := in.Rules.check(); err != nil {
		return err
	}
	areas := map[string]bool{"": true}
	for _, a := range in.Areas {
		if !clean(a.Code) || areas[a.Code] || a.Rooms < 0 {
			return fmt.Errorf("%w: area %q stands twice, or has no code", ErrInput, a.Code)
		}
		areas[a.Code] = true
	}
	said := map[Catchment]bool{}
	for _, c := range in.Catchments {
		key := c
		key.Area = ""
		switch {
		case c.Area == "" || !areas[c.Area]:
			return fmt.Errorf("%w: a catchment of division %s names area %q, which is not there", ErrInput, c.Division, c.Area)
		case c.Language != "" && c.Category == "", c.Category != "" && c.Level == "":
			return fmt.Errorf("%w: a catchment of division %s has a narrower code without the wider one", ErrInput, c.Division)
		case said[key]:
			return fmt.Errorf("%w: division %s, level %q, category %q, language %q has two catchments", ErrInput, c.Division, c.Level, c.Category, c.Language)
		}
		said[key] = true
	}
	return in.checkCandidates()
}

// clean reports whether a code can stand in a bundle: letters, digits and signs, and
// no white space.
func clean(code string) bool {
	return code != "" && strings.IndexFunc(code, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) < 0
}

func (in *Input) checkCandidates() error {
	needs, levels := map[string]bool{"": true}, map[string]bool{}
	for _, n := range in.Rules.Needs {
		needs[n.Key] = true
	}
	for _, l := range in.Rules.Levels {
		levels[l.Code] = true
	}
	seen := make(map[Token]struct{}, len(in.Candidates))
	for i := range in.Candidates {
		c := &in.Candidates[i]
		if !levels[c.Level] || !needs[c.Need] || !clean(c.Category) || !clean(c.Division) || c.Language != "" && !clean(c.Language) {
			return fmt.Errorf("%w: candidate %s: division %q, level %q, category %q, language %q or need %q is not in the rules", ErrInput, c.Token, c.Division, c.Level, c.Category, c.Language, c.Need)
		}
		if c.Area != "" && !clean(c.Area) {
			return fmt.Errorf("%w: candidate %s is moved to area %q, which is no code", ErrInput, c.Token, c.Area)
		}
		if _, twice := seen[c.Token]; twice {
			return fmt.Errorf("%w: candidate %s stands twice", ErrInput, c.Token)
		}
		seen[c.Token] = struct{}{}
	}
	return nil
}

func (r *Rules) check() error {
	g, ok := GridOf(r.Grid)
	switch {
	case !ok:
		return fmt.Errorf("%w: grid %q is unknown", ErrInput, r.Grid)
	case r.Size < 1 || r.Size > len(g.Seats):
		return fmt.Errorf("%w: rooms of %d on a grid of %d seats", ErrInput, r.Size, len(g.Seats))
	case r.Tail != Keep && r.Tail != Merge && r.Tail != Pool:
		return fmt.Errorf("%w: tails are kept, merged or pooled, not %q", ErrInput, r.Tail)
	case r.MinTail < 0 || r.MinTail >= r.Size:
		return fmt.Errorf("%w: a tail of %d in rooms of %d", ErrInput, r.MinTail, r.Size)
	}
	for i, l := range r.Levels {
		if !clean(l.Code) || !clean(l.Ends) || slices.ContainsFunc(r.Levels[:i], func(o Level) bool { return o.Code == l.Code }) {
			return fmt.Errorf("%w: level %q stands twice, or has no code", ErrInput, l.Code)
		}
	}
	for i, n := range r.Needs {
		if !clean(n.Key) || !n.Apart && !n.Front || slices.ContainsFunc(r.Needs[:i], func(o Need) bool { return o.Key == n.Key }) {
			return fmt.Errorf("%w: need %q stands twice, or asks for nothing", ErrInput, n.Key)
		}
	}
	_, err := r.number()
	return err
}

// Digest commits to an input, in whatever order its parts stand: what offices agree to
// before the seed is drawn.
func (in *Input) Digest() [sha256.Size]byte {
	h := sha256.New()
	in.sorted().write(h, bundleHead)
	return [sha256.Size]byte(h.Sum(nil))
}

// sorted gives a copy in the one order of a bundle.
func (in *Input) sorted() *Input {
	out := *in
	out.Areas = slices.SortedFunc(slices.Values(in.Areas), func(a, b Area) int { return cmp.Compare(a.Code, b.Code) })
	out.Catchments = slices.SortedFunc(slices.Values(in.Catchments), func(a, b Catchment) int {
		return cmp.Or(cmp.Compare(a.Division, b.Division), cmp.Compare(a.Level, b.Level), cmp.Compare(a.Category, b.Category), cmp.Compare(a.Language, b.Language))
	})
	out.Candidates = slices.SortedFunc(slices.Values(in.Candidates), func(a, b Candidate) int { return slices.Compare(a.Token[:], b.Token[:]) })
	return &out
}
