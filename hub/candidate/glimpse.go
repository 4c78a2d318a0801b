package candidate

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/fxamacker/cbor/v2"

	"zhunkao/protocol/form"
	"zhunkao/protocol/identity"
)

// Glimpse is what a list shows of an application: of its content nothing else is
// read. To decode all of it took four times as long, and a list is thirty of
// them.
type Glimpse struct {
	ID        string
	Version   uint32
	Point     string // code
	Division  string
	State     State
	ChangedAt int64 // ms
	Name      identity.Name
	Number    identity.Number // of the document, as typed
	Level     string          // code, of the first choice
}

// Place is where the application stands in a list.
func (g Glimpse) Place() Place { return Place{g.Division, g.Point, g.ID} }

// glimpseColumns are those of application a and its current version v; see
// currentVersion.
const glimpseColumns = `a.id, a.version, a.point, a.division, a.state, a.changed_at, v.content`

// currentVersion joins an application with its current content.
const currentVersion = ` JOIN application_version v ON v.application = a.id AND v.version = a.version`

// glimpse reads a row of glimpseColumns.
func (s *Store) glimpse(scan func(...any) error) (g Glimpse, err error) {
	var sealed []byte
	if err := scan(&g.ID, &g.Version, &g.Point, &g.Division, &g.State, &g.ChangedAt, &sealed); err != nil {
		return g, err
	}
	plain, err := s.keys.Unseal(sealLabel, versionID(g.ID, g.Version), sealed)
	if err != nil {
		return g, fmt.Errorf("candidate: %s: %w", g.ID, err)
	}
	if err := g.read(plain); err != nil {
		// The library's text can quote input; ours must not.
		return g, fmt.Errorf("candidate: %s: content cannot be read", g.ID)
	}
	return g, nil
}

// read takes what is shown out of a content. What is laid out as enc does it is
// walked through; anything else that can be read is decoded whole.
func (g *Glimpse) read(plain []byte) error {
	if err := cbor.Wellformed(plain); err != nil {
		return err
	}
	var app form.Application
	if !walkContent(plain, &app) {
		app = form.Application{}
		if err := cbor.Unmarshal(plain, &app); err != nil {
			return err
		}
	}
	g.Name, g.Number, g.Level = app.Name(), identity.Number(app.Get(form.DocumentNumber)), app.First().Level
	return nil
}

// walkContent fills in of an application what a Glimpse is made of; false when
// the bytes, which are well-formed, are laid out as enc would not do it.
func walkContent(plain []byte, app *form.Application) bool {
	app.Fields = make(form.Fields, 2)
	rest, ok := eachPair(plain, func(key, value []byte) ([]byte, bool) {
		switch string(key) {
		case "fields":
			return eachPair(value, func(key, value []byte) ([]byte, bool) {
				if string(key) != form.FullName && string(key) != form.DocumentNumber {
					return skip(value)
				}
				text, rest, ok := textOf(value)
				app.Fields[string(key)] = string(text)
				return rest, ok
			})
		case "choices":
			kind, n, rest, ok := head(value)
			for ok = ok && kind == kindArray; ok && n > 0; n-- {
				var c form.Choice
				rest, ok = walkChoice(rest, &c)
				app.Choices = append(app.Choices, c)
			}
			return rest, ok
		}
		return skip(value)
	})
	return ok && len(rest) == 0
}

func walkChoice(raw []byte, c *form.Choice) ([]byte, bool) {
	return eachPair(raw, func(key, value []byte) (rest []byte, ok bool) {
		switch string(key) {
		case "order":
			kind, n, rest, ok := head(value)
			c.Order = int(n & math.MaxInt32)
			return rest, ok && kind == kindUint && n <= math.MaxInt32
		case "level":
			text, rest, ok := textOf(value)
			c.Level = string(text)
			return rest, ok
		}
		return skip(value)
	})
}

// The kinds of items of CBOR (RFC 8949 §3.1) that are told apart.
const (
	kindUint  = 0
	kindBytes = 2
	kindText  = 3
	kindArray = 4
	kindMap   = 5
	kindTag   = 6
)

// head reads the head of an item: its kind and its number or length. false for
// what has no length of its own: nothing we write is so.
func head(raw []byte) (kind byte, n uint64, rest []byte, ok bool) {
	if len(raw) == 0 {
		return 0, 0, nil, false
	}
	kind, low, rest := raw[0]>>5, raw[0]&31, raw[1:]
	size := 0
	switch {
	case low < 24:
		return kind, uint64(low), rest, true
	case low > 27:
		return 0, 0, nil, false
	default:
		size = 1 << (low - 24)
	}
	if len(rest) < size {
		return 0, 0, nil, false
	}
	var b [8]byte
	copy(b[8-size:], rest)
	return kind, binary.BigEndian.Uint64(b[:]), rest[size:], true
}

// textOf reads a text. It is not copied: a content has some forty keys, of which
// five are looked for.
func textOf(raw []byte) (text, rest []byte, ok bool) {
	kind, n, rest, ok := head(raw)
	if !ok || kind != kindText || n > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:n], rest[n:], true
}

// eachPair calls f with every key of a map of texts, and with what follows the
// key; f gives what follows the value.
func eachPair(raw []byte, f func(key, value []byte) ([]byte, bool)) ([]byte, bool) {
	kind, n, rest, ok := head(raw)
	for ok = ok && kind == kindMap; ok && n > 0; n-- {
		var key []byte
		if key, rest, ok = textOf(rest); ok {
			rest, ok = f(key, rest)
		}
	}
	return rest, ok
}

// skip passes over one item. The item is well-formed, so that it ends and lies
// no deeper than the library lets it.
func skip(raw []byte) ([]byte, bool) {
	kind, n, rest, ok := head(raw)
	if !ok {
		return nil, false
	}
	switch kind {
	case kindBytes, kindText:
		if n > uint64(len(rest)) {
			return nil, false
		}
		return rest[n:], true
	case kindMap:
		n *= 2
	case kindTag:
		n = 1
	case kindArray:
	default: // a number, or a simple value: the head is all
		return rest, true
	}
	for ; ok && n > 0; n-- {
		rest, ok = skip(rest)
	}
	return rest, ok
}
