package idcardtest

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

// patience is how long the module waits for the rest of a frame before it
// answers that the length was wrong.
const patience = 100 * time.Millisecond

// Serve speaks the module's side of one line until ctx ends or the line does.
// It closes line. A line that ended is no error.
func (r *Reader) Serve(ctx context.Context, line io.ReadWriteCloser) error {
	return r.serve(ctx, line, func() int { return 0 })
}

// serve is Serve with hostBaud telling at which speed the other side talks; 0
// when speed means nothing there.
func (r *Reader) serve(ctx context.Context, line io.ReadWriteCloser, hostBaud func() int) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = line.Close() })
	defer stop()
	in := make(chan []byte, 64)
	readErr := make(chan error, 1)
	go func() {
		for {
			b := make([]byte, 512)
			n, err := line.Read(b)
			if err != nil {
				readErr <- err
				close(in)
				return
			}
			select {
			case in <- b[:n]:
			case <-ctx.Done():
				readErr <- ctx.Err()
				close(in)
				return
			}
		}
	}()
	err := r.converse(ctx, in, line, hostBaud)
	cancel()
	_ = line.Close()
	for range in { // until the reading goroutine has ended
	}
	ended := <-readErr
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(ended, io.EOF) {
		return nil
	}
	return err
}

func (r *Reader) converse(ctx context.Context, in <-chan []byte, line io.Writer, hostBaud func() int) error {
	var e ear
	silence := time.NewTimer(time.Hour)
	defer silence.Stop()
	for {
		silence.Reset(time.Hour)
		if e.waiting() {
			silence.Reset(patience)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-silence.C:
			if !e.waiting() {
				continue
			}
			e.forget()
			if err := r.complain(line, swLenWrong, "length"); err != nil {
				return err
			}
		case bytes, ok := <-in:
			if !ok {
				return nil
			}
			if h := hostBaud(); h != 0 && h != r.Baud() && r.Knobs().Speed {
				if err := r.babble(line, len(bytes)); err != nil {
					return err
				}
				e.forget()
				continue
			}
			for _, b := range bytes {
				if err := r.take(ctx, &e, e.hear(b), line); err != nil {
					return err
				}
			}
		}
	}
}

// take acts upon what one byte brought.
func (r *Reader) take(ctx context.Context, e *ear, h hearing, line io.Writer) error {
	switch h {
	case tooShort:
		return r.complain(line, swLenWrong, "length")
	case badSum:
		return r.complain(line, swSumWrong, "checksum")
	case whole:
		cmd, data := e.command()
		return r.answer(ctx, cmd, append([]byte(nil), data...), line)
	}
	return nil
}

// complain answers what was no request.
func (r *Reader) complain(line io.Writer, status byte, what string) error {
	b := sw(status).bytes()
	r.note(Entry{Cmd: "?", SW: "0000" + string("0123456789ABCDEF"[status>>4]) + string("0123456789ABCDEF"[status&15]), Bytes: len(b), Remark: what})
	_, err := line.Write(b)
	return err
}

// babble is what a module sounds like at another speed.
func (r *Reader) babble(line io.Writer, n int) error {
	g := random(uint64(n) + uint64(time.Now().UnixNano()))
	b := make([]byte, min(n, 32))
	for i := range b {
		b[i] = byte(g.next()) | 0x80
	}
	r.note(Entry{Cmd: "?", Bytes: len(b), Remark: "other speed"})
	_, err := line.Write(b)
	return err
}

// answer waits the command's delay, carries it out and sends the answer.
func (r *Reader) answer(ctx context.Context, cmd uint16, data []byte, line io.Writer) error {
	b := r.begin(cmd)
	if b.lift > 0 {
		if err := pause(ctx, min(b.lift, b.wait)); err != nil {
			return err
		}
		r.Lift()
		b.wait -= min(b.lift, b.wait)
	}
	if err := pause(ctx, b.wait); err != nil {
		return err
	}
	out, entry := r.finish(b, data)
	r.note(entry)
	if err := write(ctx, line, out, b.knobs, cmd); err != nil {
		return err
	}
	if speed, ok := speeds[byte(cmd)]; ok && cmd>>8 == 0x60 && len(out) > 0 && out[9] == swOK {
		r.SetBaud(speed)
	}
	return nil
}

// write sends an answer, in pieces if told so.
func write(ctx context.Context, line io.Writer, out []byte, k Knobs, cmd uint16) error {
	if len(out) == 0 {
		return nil
	}
	if k.SplitEvery <= 0 || !k.concerns(cmd) {
		_, err := line.Write(out)
		return err
	}
	for len(out) > 0 {
		n := min(k.SplitEvery, len(out))
		if _, err := line.Write(out[:n]); err != nil {
			return err
		}
		out = out[n:]
		if err := pause(ctx, time.Duration(k.SplitGapMS)*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// ServeTCP accepts connections, one at a time, until ctx ends. It closes l.
func (r *Reader) ServeTCP(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if err := r.Serve(ctx, conn); err != nil && ctx.Err() == nil && !errors.Is(err, net.ErrClosed) {
			continue // that host is gone; the next one may come
		}
	}
}
