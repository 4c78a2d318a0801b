package daybook

import (
	"bytes"
	"context"
	"io"

	"zhunkao/hub/payment/statement"
)

// Cut reads a file as far as a power cut lets it: its lines are durable, and count for
// nothing.
func (b *Books) Cut(ctx context.Context, channel string, raw []byte) error {
	read := func(each func(*statement.Line) error) (*statement.Summary, error) {
		return statement.Read(statement.Channel(channel), io.NewSectionReader(bytes.NewReader(raw), 0, int64(len(raw))), statement.Options{}, each)
	}
	s, err := read(func(*statement.Line) error { return nil })
	if err != nil {
		return err
	}
	f := File{ID: newID(), Channel: channel, Day: DayOf(s.Day), Merchant: s.Merchant, SHA256: s.SHA256, Size: int64(len(raw)), Lines: s.Lines}
	if _, err := b.begin(ctx, &f, raw); err != nil {
		return err
	}
	return b.enter(ctx, f, read)
}
