package link

import "zhunkao/protocol"

// cargo is what is left to publish of one record: its manifest first, then its
// parts in chunks of at most protocol.MaxPiece bytes. A chunk is encoded when its
// turn comes, so a record takes its own size of memory and not twice that.
type cargo struct {
	job    job
	head   []byte // the manifest; nil when it is not to be said, or was
	chunks []protocol.Chunk
	next   []byte // chunks[0], encoded
}

// peek gives the next message, a chunk of parts in the memory that mem gives; ok is
// false when all are out.
func (c *cargo) peek(mem func() []byte) (p packet, ok bool, err error) {
	switch {
	case c.head != nil:
		return packet{protocol.KindManifest, c.head}, true, nil
	case len(c.chunks) == 0:
		return packet{}, false, nil
	case c.next == nil:
		if c.next, err = protocol.AppendChunk(mem(), c.chunks[0]); err != nil {
			return packet{}, false, err
		}
	}
	return packet{protocol.KindChunk, c.next}, true, nil
}

// drop: what peek gave is out.
func (c *cargo) drop() {
	if c.head != nil {
		c.head = nil
		return
	}
	c.chunks, c.next = c.chunks[1:], nil
}

func (c *cargo) empty() bool { return c.head == nil && len(c.chunks) == 0 }

// load reads what a job needs from the store. A record of which a part cannot be
// read is not announced.
func (l *Link) load(j job) (*cargo, error) {
	rec, err := l.opt.Store.Record(j.seq)
	if err != nil {
		return nil, err
	}
	c := &cargo{job: j}
	if len(j.parts) == 0 {
		c.head = rec.Envelope
	}
	if j.only {
		return c, nil
	}
	parts, err := l.opt.Store.Parts(rec)
	if err != nil {
		return nil, err
	}
	order, skip := rec.Manifest.Parts(), func(protocol.Hash) uint64 { return 0 }
	if len(j.parts) > 0 {
		order, skip = wanted(rec.Manifest, j.parts)
	}
	c.chunks = protocol.Chunks(rec.Manifest.ID, parts, order, skip)
	return c, nil
}

// wanted picks the parts the hub asked for, from where it asked.
func wanted(m protocol.Manifest, parts []protocol.WantPart) ([]protocol.Part, func(protocol.Hash) uint64) {
	from := map[protocol.Hash]uint64{}
	for _, p := range parts {
		from[p.Part] = p.From
	}
	var order []protocol.Part
	for _, p := range m.Parts() {
		if _, ok := from[p.Hash]; ok {
			order = append(order, p)
		}
	}
	return order, func(h protocol.Hash) uint64 { return from[h] }
}
