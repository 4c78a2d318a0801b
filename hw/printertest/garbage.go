package printertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/OpenPrinting/goipp"
)

// garbage answers the wrong way.
func (p *Printer) garbage(w http.ResponseWriter, r *http.Request, req *goipp.Message, how string) {
	ctx := r.Context()
	head := func(id uint32, version uint16) []byte {
		b := binary.BigEndian.AppendUint16(nil, version)
		b = binary.BigEndian.AppendUint16(b, 0)
		return binary.BigEndian.AppendUint32(b, id)
	}
	send := func(b []byte) {
		w.Header().Set("Content-Type", goipp.ContentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		_, _ = w.Write(b) // the host is gone
	}
	sound := func() []byte {
		b, err := reply(req, goipp.StatusOk).EncodeBytes()
		if err != nil { // two attributes of ours
			panic(err)
		}
		return b
	}
	flush := func() bool { return http.NewResponseController(w).Flush() == nil }
	switch how {
	case Noise:
		send(bytes.Repeat([]byte{0xde, 0xad, 0x12}, 100))
	case Truncated:
		b := sound()
		send(b[:len(b)-5])
	case Version:
		b := sound()
		b[0] = 7
		send(b)
	case OtherID:
		b := sound()
		binary.BigEndian.PutUint32(b[4:], req.RequestID+1)
		send(b)
	case Million:
		b := append(head(req.RequestID, 0x0200), byte(goipp.TagPrinterGroup))
		send(append(append(b, bytes.Repeat([]byte{byte(goipp.TagKeyword), 0, 1, 'a', 0, 0}, 160_000)...), byte(goipp.TagEnd)))
	case Deep:
		b := append(head(req.RequestID, 0x0200), byte(goipp.TagPrinterGroup), byte(goipp.TagBeginCollection), 0, 1, 'a', 0, 0)
		for range 10_000 {
			b = append(b, byte(goipp.TagMemberName), 0, 0, 0, 1, 'b', byte(goipp.TagBeginCollection), 0, 0, 0, 0)
		}
		send(b)
	case Huge:
		w.Header().Set("Content-Type", goipp.ContentType)
		_, _ = w.Write(append(head(req.RequestID, 0x0200), byte(goipp.TagPrinterGroup)))
		for range 8 << 10 {
			line := append([]byte{byte(goipp.TagText), 0, 1, 'a', 3, 0xfa}, bytes.Repeat([]byte{'x'}, 1018)...)
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	case HTML:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html><title>sign in</title>")
	case Redirect:
		http.Redirect(w, r, "http://127.0.0.1:9/elsewhere", http.StatusFound)
	case Later:
		b, err := reply(req, goipp.StatusErrorBusy).EncodeBytes()
		if err != nil { // two attributes of ours
			panic(err)
		}
		send(b)
	case Empty:
		send(nil)
	case Password:
		w.Header().Set("WWW-Authenticate", `Basic realm="printer"`)
		w.WriteHeader(http.StatusUnauthorized)
	case Upgrade:
		w.Header().Set("Upgrade", "TLS/1.2, HTTP/1.1")
		w.WriteHeader(http.StatusUpgradeRequired)
	case Broken:
		w.WriteHeader(http.StatusInternalServerError)
	case Reset:
		reset(w)
	case Silent:
		pause(ctx, time.Minute)
		reset(w)
	case Hang:
		w.Header().Set("Content-Type", goipp.ContentType)
		w.Header().Set("Content-Length", "100")
		if flush() {
			pause(ctx, time.Minute)
		}
	case Dribble:
		b := sound()
		w.Header().Set("Content-Type", goipp.ContentType)
		w.Header().Set("Content-Length", strconv.Itoa(len(b)))
		for _, c := range b {
			if _, err := w.Write([]byte{c}); err != nil || !flush() || !pause(ctx, 300*time.Millisecond) {
				return
			}
		}
	case Continue:
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		for pause(ctx, time.Millisecond) {
			if _, err := conn.Write([]byte("HTTP/1.1 100 Continue\r\n\r\n")); err != nil {
				return
			}
		}
	}
}
