package confirmation

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// The columns of a record that are JSON are written here as encoding/json would
// write them, byte for byte (a test holds the two together): to find out by
// reflection, for every record, what four small types are made of took longer
// than to write the row.

func (r Record) texts() (evidence, checks, timeline, blobs string, err error) {
	b := make([]byte, 0, 1536)
	for _, p := range []struct {
		into *string
		add  func([]byte) ([]byte, error)
	}{
		{&evidence, r.Time.append},
		{&checks, func(b []byte) ([]byte, error) { return appendList(b, r.Checks, Check.append) }},
		{&timeline, func(b []byte) ([]byte, error) { return appendList(b, r.Timeline, Event.append) }},
		{&blobs, func(b []byte) ([]byte, error) { return appendList(b, r.Blobs, Blob.append) }},
	} {
		if b, err = p.add(b[:0]); err != nil {
			return "", "", "", "", fmt.Errorf("confirmation %s: encode: %w", r.ID, err)
		}
		*p.into = string(b)
	}
	return evidence, checks, timeline, blobs, nil
}

func appendList[T any](b []byte, list []T, one func(T, []byte) ([]byte, error)) (_ []byte, err error) {
	if list == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = one(x, b); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

func (t Time) append(b []byte) (_ []byte, err error) {
	b = strconv.AppendInt(append(b, `{"earliest":`...), t.Earliest, 10)
	b = strconv.AppendInt(append(b, `,"latest":`...), t.Latest, 10)
	if b, err = appendText(append(b, `,"source":`...), t.Source); err != nil {
		return nil, err
	}
	b = strconv.AppendInt(append(b, `,"hub":`...), t.HubTime, 10)
	b = strconv.AppendUint(append(b, `,"sincehub":`...), t.SinceHub, 10)
	b = strconv.AppendUint(append(b, `,"boot":`...), uint64(t.Boot), 10)
	if b, err = appendText(append(b, `,"verdict":`...), t.Verdict); err != nil {
		return nil, err
	}
	return append(b, '}'), nil
}

func (c Check) append(b []byte) ([]byte, error) {
	texts := []struct{ key, text string }{{`{"by":`, c.By}, {`,"name":`, c.Name}, {`,"result":`, c.Result}, {`,"note":`, c.Note}}
	if c.Note == "" {
		texts = texts[:3]
	}
	var err error
	for _, t := range texts {
		if b, err = appendText(append(b, t.key...), t.text); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}

func (e Event) append(b []byte) (_ []byte, err error) {
	if b, err = appendText(append(b, `{"step":`...), e.Step); err != nil {
		return nil, err
	}
	b = strconv.AppendInt(append(b, `,"at":`...), e.At, 10)
	if e.Hub {
		b = append(b, `,"hub":true`...)
	}
	return append(b, '}'), nil
}

func (x Blob) append(b []byte) (_ []byte, err error) {
	for _, t := range []struct{ key, text string }{{`{"Role":`, x.Role}, {`,"Media":`, x.Media}, {`,"Hash":`, x.Hash}} {
		if b, err = appendText(append(b, t.key...), t.text); err != nil {
			return nil, err
		}
	}
	return append(strconv.AppendInt(append(b, `,"Size":`...), x.Size, 10), '}'), nil
}

// appendText writes a text; one that is not plain ASCII, or holds what JSON or a
// page would take for something else, is left to the library.
func appendText(b []byte, text string) ([]byte, error) {
	for i := range len(text) {
		if c := text[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(text)
			return append(b, quoted...), err
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"'), nil
}
