package campaign

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// maxNesting is how deep a bundle may nest. Rules go deepest, and to less than
// half of it.
const maxNesting = 64

// object is one level of nesting while keys are looked at.
type object struct {
	list bool
	key  bool // a key is next
	keys map[string]bool
}

// keysOnce refuses objects in which a key stands twice, upper and lower case
// being the same to the decoder: it would take one half of each, and a reader
// would see another. What is no JSON it leaves to the decoder, which says it
// better. It keeps only the keys of the objects that are open.
func keysOnce(b []byte) error {
	levels := make([]object, maxNesting) // reused, level after level
	depth := 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; c {
		case '{', '[':
			if depth == maxNesting {
				return fmt.Errorf("nested more than %d deep", maxNesting)
			}
			l := &levels[depth]
			l.list, l.key = c == '[', c == '{'
			clear(l.keys)
			depth++
		case '}', ']':
			depth = max(depth-1, 0)
		case ',':
			if depth > 0 {
				levels[depth-1].key = !levels[depth-1].list
			}
		case '"':
			end := stringEnd(b, i)
			if depth > 0 && levels[depth-1].key {
				if err := levels[depth-1].add(b[i:end]); err != nil {
					return err
				}
			}
			i = end - 1
		}
	}
	return nil
}

// add notes a key, as it stands in quotes.
func (o *object) add(quoted []byte) error {
	var key string
	if bytes.IndexByte(quoted, '\\') < 0 && len(quoted) >= 2 {
		key = string(quoted[1 : len(quoted)-1])
	} else if json.Unmarshal(quoted, &key) != nil {
		return nil // the decoder will refuse it
	}
	o.key = false
	key = strings.ToLower(strings.ToUpper(key)) // as the decoder folds: ſ is s, the Kelvin sign is k
	if o.keys[key] {
		return fmt.Errorf("key %.40q stands twice", key)
	}
	if o.keys == nil {
		o.keys = map[string]bool{}
	}
	o.keys[key] = true
	return nil
}

// stringEnd is the place behind the string that begins at i.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}
