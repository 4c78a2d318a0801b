package idcard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"zhunkao/hw/fault"
)

// How long things may take.
const (
	// silence inside a frame after which it is given up. The sources say 150 ms;
	// a box under load has been seen to stop a process for longer.
	silence = 250 * time.Millisecond
	// afterBad is how long a good frame may follow a bad one before the request
	// is made again.
	afterBad = 150 * time.Millisecond
	// quiet is the calm on the line that ends a resynchronisation.
	quiet = 60 * time.Millisecond
	// writeLimit bounds the ten bytes of a request.
	writeLimit = 500 * time.Millisecond
)

// fit says how well an answer suits the request that is out. The protocol has
// no sequence numbers: a late or doubled answer is told only by its shape.
type fit uint8

const (
	stray fit = iota // cannot be the answer
	maybe            // can, but a better one may follow
	suits
)

// transport exchanges frames over a link: one request, one answer.
type transport struct {
	link  link
	parse parser
	log   *slog.Logger
	noise func(bad int) // told of every bad checksum
	buf   [2048]byte
}

// exchange sends c and waits for an answer that fits, at most limit, and for a
// frame under way once as long again. fault.Timeout: no answer. fault.Line:
// bytes came that were none. fault.Absent: unplugged. After either the line may
// still bring the answer; the next exchange throws it away if it has arrived,
// and otherwise its shape must tell.
func (t *transport) exchange(ctx context.Context, c command, limit time.Duration, fits func(answer) fit) (answer, error) {
	start := time.Now()
	if err := t.send(ctx, c); err != nil {
		return answer{}, err
	}
	a, err := t.receive(ctx, c, limit, fits)
	attrs := []any{"cmd", c.name(), "ms", time.Since(start).Milliseconds()}
	if err != nil {
		t.log.Debug("idcard exchange", append(attrs, "err", err)...)
		return answer{}, err
	}
	t.log.Debug("idcard exchange", append(attrs, "sw", fmt.Sprintf("%X", a.sw[:]), "len", len(a.data))...)
	return a, nil
}

func (t *transport) send(ctx context.Context, c command) error {
	t.parse.reset()
	if err := t.link.flush(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	return t.link.write(ctx, request(c))
}

// receive collects bytes until one of four clocks runs out: the whole limit,
// the silence inside a frame, the wait after a bad frame, the wait after an
// answer that only may be right.
func (t *transport) receive(ctx context.Context, c command, limit time.Duration, fits func(answer) fit) (answer, error) {
	deadline := time.Now().Add(limit)
	var (
		extended, broken bool
		heard            int
		second           *answer
	)
	for {
		for {
			a, ok := t.parse.next()
			if !ok {
				break
			}
			switch fits(a) {
			case suits:
				return a, nil
			case maybe:
				if second == nil {
					second = &a
					deadline = earlier(deadline, time.Now().Add(limit/2))
				}
			}
		}
		if bad := t.parse.takeBad(); bad > 0 {
			t.noise(bad)
			broken = true
			deadline = earlier(deadline, time.Now().Add(afterBad))
		}
		wait := deadline
		if t.parse.inFrame() {
			wait = earlier(deadline, time.Now().Add(silence))
		}
		n, err := t.readUntil(ctx, wait)
		switch {
		case err == nil:
			heard += n
			continue
		case !errors.Is(err, fault.Timeout):
			return answer{}, err
		}
		switch {
		case t.parse.inFrame() && time.Now().Before(deadline):
			t.parse.giveUp() // silent in mid-frame: truncated
			broken = true
			deadline = earlier(deadline, time.Now().Add(afterBad))
		case t.parse.inFrame() && !extended && !broken:
			extended = true // it is coming, slowly
			deadline = time.Now().Add(limit)
		case second != nil:
			return *second, nil
		case broken || heard > 0 && t.parse.inFrame():
			return answer{}, fault.New(fault.Line, c.name(), "truncated or bad checksum", nil)
		case heard > 0:
			return answer{}, fault.New(fault.Line, c.name(), "no fitting frame in what came", nil)
		default:
			return answer{}, fault.New(fault.Timeout, c.name(), "", nil)
		}
	}
}

func (t *transport) readUntil(ctx context.Context, deadline time.Time) (int, error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	n, err := t.link.read(ctx, t.buf[:])
	t.parse.push(t.buf[:n])
	clear(t.buf[:n])
	return n, err
}

// drain reads until the line was quiet for a moment, at most a second.
func (t *transport) drain(ctx context.Context) error {
	end := time.Now().Add(time.Second)
	for time.Now().Before(end) {
		_, err := t.readUntil(ctx, time.Now().Add(quiet))
		t.parse.reset()
		if errors.Is(err, fault.Timeout) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
