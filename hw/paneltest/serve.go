package paneltest

import (
	"context"
	"encoding/hex"
	"io"
	"time"
)

// unit is the board's address.
const unit = 1

// Serve speaks the board's side of a line until ctx ends or the line does. It
// closes line.
func (b *Board) Serve(ctx context.Context, line io.ReadWriteCloser) {
	stop := context.AfterFunc(ctx, func() { _ = line.Close() })
	defer stop()
	var heard []byte
	buf := make([]byte, 256)
	for {
		n, err := line.Read(buf)
		if err != nil {
			_ = line.Close()
			return
		}
		heard = append(heard, buf[:n]...)
		for {
			request, rest, ok := next(heard)
			heard = rest
			if !ok {
				break
			}
			if b.reply(ctx, line, request) != nil {
				_ = line.Close()
				return
			}
		}
	}
}

// next takes the first whole request off what was heard: address, function and
// body, without the checksum. Bytes that begin none are dropped.
func next(heard []byte) (request, rest []byte, ok bool) {
	for len(heard) >= 2 {
		size := 8
		if heard[1] == 15 {
			if len(heard) < 7 {
				return nil, heard, false
			}
			size = 9 + int(heard[6])
		}
		if len(heard) < size {
			return nil, heard, false
		}
		if sum := checksum(heard[:size-2]); heard[size-2] == byte(sum&0xFF) && heard[size-1] == byte(sum>>8) {
			return heard[:size-2], heard[size:], true
		}
		heard = heard[1:]
	}
	return nil, heard, false
}

// reply answers one request as the knobs have it.
func (b *Board) reply(ctx context.Context, line io.Writer, request []byte) error {
	k := b.Knobs()
	if request[0] != unit || k.OtherUnit {
		return nil
	}
	b.mu.Lock()
	b.answers++
	drop := k.Silent || k.DropNth > 0 && b.answers%k.DropNth == 0
	b.mu.Unlock()
	e := Entry{At: time.Now(), Function: int(request[1])}
	if k.Silent { // it does not even obey
		b.note(e)
		return nil
	}
	if err := pause(ctx, k.LateMS); err != nil {
		return err
	}
	out := append([]byte{unit}, b.answer(request[1:])...)
	sum := checksum(out)
	if k.BadSum {
		sum ^= 0x0101
	}
	out = append(out, byte(sum&0xFF), byte(sum>>8))
	if noise, err := hex.DecodeString(k.Prefix); err == nil {
		out = append(noise, out...)
	}
	if k.Truncate > 0 {
		out = out[:min(k.Truncate, len(out))]
	}
	if drop {
		out = nil
	}
	e.Bytes = len(out)
	b.note(e)
	if k.GapMS == 0 {
		_, err := line.Write(out)
		return err
	}
	for i := range out {
		if _, err := line.Write(out[i : i+1]); err != nil {
			return err
		}
		if err := pause(ctx, k.GapMS); err != nil {
			return err
		}
	}
	return nil
}

func pause(ctx context.Context, ms int) error {
	if ms <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// checksum is the Modbus CRC, by the table of the nibble method.
func checksum(b []byte) uint16 {
	table := [16]uint16{0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
		0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400}
	sum := uint16(0xFFFF)
	for _, c := range b {
		sum = table[byte(sum)&15^c&15] ^ sum>>4
		sum = table[byte(sum)&15^c>>4] ^ sum>>4
	}
	return sum
}
