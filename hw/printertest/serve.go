package printertest

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/OpenPrinting/goipp"
)

// Path is where the printer answers.
const Path = "/ipp/print"

// Handler answers IPP at Path.
func (p *Printer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+Path, p.serve)
	return mux
}

// maxDocument is what the printer takes of one document.
const maxDocument = 64 << 20

func (p *Printer) serve(w http.ResponseWriter, r *http.Request) {
	k := p.Knobs()
	if k.Length && r.ContentLength < 0 {
		p.note(Entry{Op: "?", Status: "HTTP 411"})
		http.Error(w, "a length is wanted", http.StatusLengthRequired)
		return
	}
	if r.Header.Get("Content-Type") != goipp.ContentType {
		http.Error(w, "not IPP", http.StatusUnsupportedMediaType)
		return
	}
	body := bufio.NewReader(http.MaxBytesReader(w, r.Body, maxDocument+64<<10))
	req := new(goipp.Message)
	if err := req.Decode(body); err != nil {
		p.note(Entry{Op: "?", Status: "not IPP"})
		http.Error(w, "not IPP", http.StatusBadRequest)
		return
	}
	op := operation(req)
	if !pause(r.Context(), time.Duration(k.SlowMS)*time.Millisecond) {
		return
	}
	if how := p.spoil(op); how != "" {
		p.note(Entry{Op: op, Status: "(" + how + ")"})
		p.garbage(w, r, req, how)
		return
	}
	resp, size, answered := p.answer(w, r, req, body, k)
	if !answered {
		p.note(Entry{Op: op, Bytes: size})
		return
	}
	raw, err := resp.EncodeBytes()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p.note(Entry{Op: op, Status: goipp.Status(resp.Code).String(), Bytes: size})
	w.Header().Set("Content-Type", goipp.ContentType)
	_, _ = w.Write(raw) // the host is gone
}

// operation is an operation's name in RFC 8011; the codec misspells one.
func operation(req *goipp.Message) string {
	if goipp.Op(req.Code) == goipp.OpGetJobAttributes {
		return "Get-Job-Attributes"
	}
	return goipp.Op(req.Code).String()
}

// spoil says how this answer is to be spoilt, and counts it.
func (p *Printer) spoil(op string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := &p.knobs
	if k.Garbage == "" || k.Only != "" && k.Only != op {
		return ""
	}
	how := k.Garbage
	if k.Times > 0 {
		if k.Times--; k.Times == 0 {
			k.Garbage, k.Only = "", ""
		}
	}
	return how
}

func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// document reads what follows the message. cut says that the line ended instead.
func document(w http.ResponseWriter, r *http.Request, body io.Reader, k Knobs) (doc []byte, cut bool) {
	limit := -1
	if k.CutAt > 0 {
		limit = k.CutAt
	}
	if k.StallAt > 0 {
		limit = k.StallAt
	}
	if limit < 0 {
		doc, err := io.ReadAll(body)
		return doc, err != nil
	}
	doc, err := io.ReadAll(io.LimitReader(body, int64(limit)))
	if err != nil || len(doc) < limit {
		return doc, err != nil
	}
	if k.StallAt > 0 {
		// Nothing reads on in the background while the body is not at its end: the
		// host's writes fill the line and stop.
		pause(r.Context(), time.Minute)
		return doc, true
	}
	reset(w)
	return doc, true
}

// reset ends a connection the rough way.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // an RST, not a FIN
	}
	_ = conn.Close() // the point of it
}
