package idcardtest

// The statuses this module gives.
const (
	swOK         = 0x90
	swFound      = 0x9F
	swNone       = 0x91
	swSumWrong   = 0x10
	swLenWrong   = 0x11
	swUnknown    = 0x21
	swNoFind     = 0x34
	swReadFailed = 0x41
	swSelfTest   = 0x60
	swNoKey      = 0x66
	swNoCard     = 0x80
	swNoSelect   = 0x81
)

// samID is the module's identity, five little-endian numbers that read
// 05.03-20200101-0001234567-0987654321.
var samID = []byte{0x05, 0x00, 0x03, 0x00, 0xA5, 0x3A, 0x34, 0x01, 0x87, 0xD6, 0x12, 0x00, 0xB1, 0x68, 0xDE, 0x3A}

var speeds = map[byte]int{0: 115200, 1: 57600, 2: 38400, 3: 19200, 4: 9600}

// carryOut is the module's state machine. mu is held. silent means that it
// gives no answer at all.
func (r *Reader) carryOut(b begin, data []byte) (rep reply, silent bool) {
	cmd, k := b.cmd, r.knobs
	switch {
	case k.SAM == SAMSelfTestFail && cmd != 0x10FF:
		return sw(swSelfTest), false
	case k.SAM == SAMUnauthorised && (cmd>>8 == 0x20 || cmd>>8 == 0x30):
		return sw(swNoKey), false
	}
	for c, how := range map[uint16]string{0x11FF: k.Status, 0x12FF: k.SAMID, 0x3003: k.Append, 0x3005: k.Body} {
		if c != cmd || how == Supported {
			continue
		}
		switch how {
		case Silent:
			return reply{}, true
		case NoContent:
			return sw(swNone), false
		case Upset:
			r.phase = idle
			return sw(swReadFailed), false
		default:
			return sw(swUnknown), false
		}
	}
	switch cmd {
	case 0x10FF:
		if !k.Sticky {
			r.phase = idle
		}
		return sw(swOK), false
	case 0x11FF:
		return sw(swOK), false
	case 0x12FF:
		return reply{[3]byte{0, 0, swOK}, append([]byte(nil), samID...)}, false
	case 0x6000, 0x6001, 0x6002, 0x6003, 0x6004:
		// The answer still goes out at the old speed; Serve changes it after.
		return sw(swOK), false
	case 0x61FF:
		if len(data) != 1 || data[0] < 0x18 {
			return sw(swUnknown), false
		}
		return sw(swOK), false
	}
	return r.carryOutCard(b), false
}

// carryOutCard answers what concerns a card. A card that was lifted or changed
// since the command came fails the command.
func (r *Reader) carryOutCard(b begin) reply {
	lies := r.card != nil
	same := r.put == b.put
	switch b.cmd {
	case 0x2001:
		if !lies || r.phase >= selected && !r.knobs.Refind {
			return sw(swNoCard)
		}
		r.phase = found
		return reply{[3]byte{0, 0, swFound}, make([]byte, 4)}
	case 0x2002:
		if !lies || !same || r.phase != found {
			return sw(swNoSelect)
		}
		r.phase = selected
		sn := r.card.serial()
		return reply{[3]byte{0, 0, swOK}, sn[:]}
	case 0x3001, 0x3010, 0x3003, 0x3005:
		if !lies || !same || r.phase < selected {
			if r.knobs.Strict34 && lies && same {
				return sw(swNoFind)
			}
			return sw(swReadFailed)
		}
		return r.read(b.cmd)
	default:
		return sw(swUnknown)
	}
}

// read answers from a selected card.
func (r *Reader) read(cmd uint16) reply {
	rep := reply{sw: [3]byte{0, 0, swOK}}
	switch cmd {
	case 0x3003:
		if r.card.NewAddress == "" {
			return sw(swNone)
		}
		rep.data = r.card.address()
	case 0x3005:
		sn := r.card.serial()
		rep.data = append(rep.data, 0, 0, 0, 0)
		rep.data = append(rep.data, sn[:]...)
		g := random(r.card.Seed ^ uint64(sn[0]))
		for len(rep.data) < 28 {
			rep.data = append(rep.data, byte(g.next()))
		}
		if r.knobs.Short30_05 {
			rep.data = rep.data[:24]
		}
	default:
		text, err := r.card.Text()
		if err != nil { // refused by Place already
			return sw(swReadFailed)
		}
		rep.data = append(rep.data, 0x01, 0x00, 0x04, 0x00)
		if cmd == 0x3010 {
			rep.data = append(rep.data, 0x00, 0x00) // no fingerprint on it
		}
		rep.data = append(rep.data, text...)
		rep.data = append(rep.data, r.card.WLT()...)
		r.phase = halted
		r.reads++
	}
	return rep
}
