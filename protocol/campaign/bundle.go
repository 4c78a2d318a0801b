package campaign

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MaxBundle bounds a bundle, in bytes. A full catalogue of 5,000 programmes
// takes about 1.5 MiB.
const MaxBundle = 8 << 20

// ErrBundle is wrapped by every failure of Decode.
var ErrBundle = errors.New("not a campaign bundle")

// Encode gives the bundle of a campaign: JSON, keys in the order of the
// structs, one final newline. The same campaign always gives the same bytes,
// so that a signature over them can be made again.
func Encode(c Campaign) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(c); err != nil {
		return nil, fmt.Errorf("campaign %s: encode: %w", c.ID, err)
	}
	return b.Bytes(), nil
}

// Decode reads a bundle. It refuses more than MaxBundle bytes, unknown keys, a
// key that stands twice in one object (of which one half would be read by
// nobody), anything after the bundle, and a bundle without an id; it does not
// Validate.
func Decode(b []byte) (Campaign, error) {
	var c Campaign
	if len(b) > MaxBundle {
		return c, fmt.Errorf("%w: %d bytes", ErrBundle, len(b))
	}
	if err := keysOnce(b); err != nil {
		return c, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return Campaign{}, fmt.Errorf("%w: %w", ErrBundle, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Campaign{}, fmt.Errorf("%w: data after the end", ErrBundle)
	}
	if c.ID == "" || c.Version == 0 {
		return Campaign{}, fmt.Errorf("%w: id or version missing", ErrBundle)
	}
	return c, nil
}
