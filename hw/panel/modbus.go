package panel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zhunkao/hw/fault"
	"zhunkao/hw/serial"
)

const (
	defaultBaud = 9600
	// answerLimit is how long a board may take: its turnaround is some ms, a USB
	// adapter's latency 16 ms.
	answerLimit = 250 * time.Millisecond
	// attempts is how often one request is made before the board counts as lost.
	attempts = 3
)

// The functions of a Modbus input/output board (Modbus Application Protocol
// V1.1b3, 6).
const (
	readCoils  = 0x01
	readInputs = 0x02
	writeCoil  = 0x05
)

// modbus is an input/output board on a serial line (Modbus over Serial Line
// V1.02, RTU mode). Outputs are coils, inputs are discrete inputs.
type modbus struct {
	port   *serial.Port
	unit   byte
	inputs map[int]int // wired input number → place among the panel's inputs
	coils  map[int]int // wired output number → place among the panel's lamps
	shadow map[int]bool
	nIn    int // inputs to ask for, from 0
	nOut   int
}

func openModbus(ctx context.Context, r *runner) (board, error) {
	if !r.has(onModbus) {
		return nil, nil
	}
	w := r.opt.Wiring
	m := &modbus{unit: byte(max(w.Unit, 1)), inputs: map[int]int{}, coils: map[int]int{}, shadow: map[int]bool{}}
	for i, in := range r.inputs {
		if in.kind == onModbus {
			m.inputs[in.number] = i
			m.nIn = max(m.nIn, in.number+1)
		}
	}
	for i, g := range r.lamps {
		if g.kind == onModbus {
			m.coils[g.number] = i
			m.nOut = max(m.nOut, g.number+1)
		}
	}
	baud := w.Baud
	if baud == 0 {
		baud = defaultBaud
	}
	var err error
	// An RS-485 adapter has nothing that its modem lines would restart.
	if m.port, err = serial.Open(ctx, serial.Options{Path: w.Port, Baud: baud, Settle: -1}); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *modbus) pokes() (<-chan struct{}, bool) { return nil, len(m.inputs) > 0 }

func (m *modbus) close() error { return m.port.Close() }

func (m *modbus) read(ctx context.Context, levels []bool) error {
	if m.nIn == 0 {
		return nil
	}
	bits, err := m.bits(ctx, readInputs, m.nIn)
	if err != nil {
		return err
	}
	for n, place := range m.inputs {
		levels[place] = bits[n]
	}
	return nil
}

func (m *modbus) write(ctx context.Context, lamp int, on bool) error {
	for n, place := range m.coils {
		if place != lamp {
			continue
		}
		value := byte(0x00)
		if on {
			value = 0xFF
		}
		request := []byte{writeCoil, byte(n >> 8), byte(n), value, 0}
		if _, err := m.ask(ctx, request, len(request)); err != nil {
			return err
		}
		m.shadow[n] = on
	}
	return nil
}

// check reads the coils back: unlike a GPIO line a coil may be read. One that
// differs is written anew.
func (m *modbus) check(ctx context.Context) error {
	if m.nOut == 0 {
		return nil
	}
	bits, err := m.bits(ctx, readCoils, m.nOut)
	if err != nil {
		return err
	}
	for n, place := range m.coils {
		if want, known := m.shadow[n]; known && bits[n] != want {
			if err := m.write(ctx, place, want); err != nil {
				return err
			}
		}
	}
	return nil
}

// bits reads n bits from 0.
func (m *modbus) bits(ctx context.Context, function byte, n int) ([]bool, error) {
	size := (n + 7) / 8
	answer, err := m.ask(ctx, []byte{function, 0, 0, byte(n >> 8), byte(n)}, 2+size)
	if err != nil {
		return nil, err
	}
	bits := make([]bool, n)
	for i := range bits {
		bits[i] = answer[2+i/8]>>(i%8)&1 == 1
	}
	return bits, nil
}

// ask makes one request and gives the answer without address and checksum,
// which has size bytes. It tries again upon silence, noise and "busy".
func (m *modbus) ask(ctx context.Context, request []byte, size int) ([]byte, error) {
	var err error
	for range attempts {
		var answer []byte
		if answer, err = m.once(ctx, request, size); err == nil {
			return answer, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch fault.WordOf(err) {
		case fault.Timeout, fault.Line, fault.Transient:
			continue
		}
		return nil, err
	}
	if errors.Is(err, fault.Transient) {
		return nil, fault.New(fault.Device, "ask the input/output board", "busy for ever", err)
	}
	return nil, err
}

func (m *modbus) once(ctx context.Context, request []byte, size int) ([]byte, error) {
	if err := m.port.Flush(); err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	if err := m.port.Write(within, frame(m.unit, request)); err != nil {
		return nil, err
	}
	var heard []byte
	chunk := make([]byte, 64)
	for {
		n, err := m.port.Read(within, chunk)
		heard = append(heard, chunk[:n]...)
		if answer := find(heard, m.unit, request, size); answer != nil {
			return answer, refusal(request[0], answer)
		}
		switch {
		case err != nil && errors.Is(err, fault.Timeout) && len(heard) > 0:
			return nil, fault.New(fault.Line, "ask the input/output board", fmt.Sprintf("%d bytes and no answer in them", len(heard)), nil)
		case err != nil:
			return nil, err
		case len(heard) > 512:
			return nil, fault.New(fault.Line, "ask the input/output board", "nothing but noise", nil)
		}
	}
}

// frame is a request as it goes over the line.
func frame(unit byte, request []byte) []byte {
	f := append([]byte{unit}, request...)
	sum := crc(f)
	return append(f, byte(sum), byte(sum>>8))
}

// find looks for the answer to request in what was heard, noise before it
// allowed: size bytes behind the address, or an exception's two. An answer that
// writes must repeat the request. nil if it is not there.
func find(heard []byte, unit byte, request []byte, size int) []byte {
	for at := range heard {
		rest := heard[at:]
		if rest[0] != unit {
			continue
		}
		if answer := whole(rest, 2); answer != nil && answer[0] == request[0]|0x80 {
			return answer
		}
		answer := whole(rest, size)
		switch {
		case answer == nil || answer[0] != request[0]:
		case request[0] == writeCoil && string(answer) != string(request):
		case request[0] != writeCoil && int(answer[1]) != size-2:
		default:
			return answer
		}
	}
	return nil
}

// whole gives the size bytes behind the address if their checksum is right.
func whole(b []byte, size int) []byte {
	if len(b) < size+3 {
		return nil
	}
	if sum := crc(b[:size+1]); b[size+1] != byte(sum) || b[size+2] != byte(sum>>8) {
		return nil
	}
	return b[1 : size+1]
}

// refusal turns an exception into a fault (Application Protocol, 7).
func refusal(function byte, answer []byte) error {
	if answer[0] != function|0x80 {
		return nil
	}
	op, detail := "ask the input/output board", fmt.Sprintf("function %02X, exception %02X", function, answer[1])
	switch answer[1] {
	case 0x01, 0x02, 0x03: // no such function, line or value: it has fewer lines than are wired
		return fault.New(fault.Unsupported, op, detail, nil)
	case 0x05, 0x06: // acknowledge, busy
		return fault.New(fault.Transient, op, detail, nil)
	default:
		return fault.New(fault.Device, op, detail, nil)
	}
}

// crc is CRC-16/MODBUS: 0xA001 reflected, begun with 0xFFFF, low byte first on
// the line.
func crc(b []byte) uint16 {
	sum := uint16(0xFFFF)
	for _, c := range b {
		sum ^= uint16(c)
		for range 8 {
			if sum&1 != 0 {
				sum = sum>>1 ^ 0xA001
			} else {
				sum >>= 1
			}
		}
	}
	return sum
}
