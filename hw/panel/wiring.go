package panel

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
)

// Wiring says which line is which, by name:
//
//	gpio:NAME     the GPIO line of that name in the device tree or ACPI table
//	gpio:CHIP/N   line N of the chip of that name or label, for unnamed lines
//	led:NAME      an LED below /sys/class/leds (lamps only)
//	io:N          output N (lamps) or input N of the Modbus board, from 0
//
// A name with "!" before it is inverted: a lamp that is lit by Low, a button
// that feeds its line when pressed (GPIO) or opens it (Modbus). A contact cannot
// be inverted: Low must be alarm.
//
// As JSON it is the box's wiring file.
type Wiring struct {
	// Port is the serial port of the Modbus board; "" if there is none.
	Port string `json:"port,omitempty"`
	// Unit is the Modbus board's address, 1 to 247; 0 is 1.
	Unit int `json:"unit,omitempty"`
	// Baud is its speed; 0 is 9600. 8N1.
	Baud int `json:"baud,omitempty"`

	Lamps    map[Lamp]string    `json:"lamps,omitempty"`
	Buttons  map[Button]string  `json:"buttons,omitempty"`
	Contacts map[Contact]string `json:"contacts,omitempty"`
}

// Modbus is the wiring of a Modbus board on port as we build it: outputs 0 to 3
// are the lamps reader, ok, fault and help; inputs 0 and 1 the buttons help and
// staff, 2 and 3 the contacts door and tamper.
func Modbus(port string) Wiring {
	return Wiring{
		Port:     port,
		Lamps:    map[Lamp]string{LampReader: "io:0", LampOK: "io:1", LampFault: "io:2", LampHelp: "io:3"},
		Buttons:  map[Button]string{ButtonHelp: "io:0", ButtonStaff: "io:1"},
		Contacts: map[Contact]string{ContactDoor: "io:2", ContactTamper: "io:3"},
	}
}

// maxWiring bounds a wiring file in bytes.
const maxWiring = 64 << 10

// ReadWiring reads a wiring file and checks it. Errors: ErrWiring.
func ReadWiring(path string) (Wiring, error) {
	f, err := os.Open(path)
	if err != nil {
		return Wiring{}, fmt.Errorf("%w: %w", ErrWiring, err)
	}
	defer f.Close()
	return ParseWiring(f)
}

// ParseWiring is ReadWiring for what is open already.
func ParseWiring(r io.Reader) (Wiring, error) {
	var w Wiring
	dec := json.NewDecoder(io.LimitReader(r, maxWiring))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return Wiring{}, fmt.Errorf("%w: %w", ErrWiring, err)
	}
	_, err := w.lines()
	return w, err
}

// Empty says whether no line is wired.
func (w Wiring) Empty() bool { return len(w.Lamps)+len(w.Buttons)+len(w.Contacts) == 0 }

// kind is where a line hangs.
type kind uint8

const (
	onGPIO kind = iota
	onLED
	onModbus
)

// line is one wired line.
type line struct {
	name   string // of the lamp, button or contact
	kind   kind
	at     string // name of the GPIO line or LED, or CHIP/N
	number int    // on the Modbus board
	invert bool
}

// lines is a wiring that was checked, each list sorted by name.
type lines struct{ lamps, buttons, contacts []line }

func (w Wiring) lines() (lines, error) {
	var ls lines
	var err error
	if ls.lamps, err = parseLines("lamp", w.Lamps, LampReader, LampOK, LampFault, LampHelp); err != nil {
		return lines{}, err
	}
	if ls.buttons, err = parseLines("button", w.Buttons, ButtonHelp, ButtonStaff); err != nil {
		return lines{}, err
	}
	if ls.contacts, err = parseLines("contact", w.Contacts, ContactDoor, ContactTamper); err != nil {
		return lines{}, err
	}
	return ls, w.check(ls)
}

func parseLines[K ~string](what string, wired map[K]string, known ...K) ([]line, error) {
	var list []line
	for name, text := range wired {
		found := false
		for _, k := range known {
			found = found || k == name
		}
		if !found {
			return nil, wiringError("no %s is called %q", what, name)
		}
		l, err := parseLine(text)
		if err != nil {
			return nil, fmt.Errorf("%w, for the %s %s", err, what, name)
		}
		l.name = string(name)
		list = append(list, l)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].name < list[j].name })
	return list, nil
}

func parseLine(text string) (line, error) {
	rest, invert := strings.CutPrefix(text, "!")
	where, at, _ := strings.Cut(rest, ":")
	l := line{at: at, invert: invert}
	if at == "" || strings.ContainsAny(at, " \t\n\x00") {
		return l, wiringError("%q is no line: give gpio:NAME, gpio:CHIP/N, led:NAME or io:N", text)
	}
	switch where {
	case "gpio":
		l.kind = onGPIO
	case "led":
		l.kind = onLED
		if strings.Contains(at, "/") || at == "." || at == ".." {
			return l, wiringError("%q is no name of an LED", at)
		}
	case "io":
		l.kind = onModbus
		n, err := strconv.Atoi(at)
		if err != nil || n < 0 || n > maxNumber || at != strconv.Itoa(n) {
			return l, wiringError("%q is no number from 0 to %d", at, maxNumber)
		}
		l.number = n
	default:
		return l, wiringError("%q is no line: give gpio:NAME, gpio:CHIP/N, led:NAME or io:N", text)
	}
	return l, nil
}

// maxNumber is the highest line of a Modbus board we ask for.
const maxNumber = 63

// check refuses what cannot be meant: two things on one line, a Modbus line
// without a port, an LED that is a button.
func (w Wiring) check(ls lines) error {
	type place struct {
		kind kind
		at   string
		out  bool // inputs and outputs of a Modbus board are counted apart
	}
	taken := map[place]string{}
	modbus := false
	take := func(what string, l line, out bool) error {
		p := place{l.kind, l.at, out && l.kind == onModbus}
		if other, ok := taken[p]; ok {
			return wiringError("%s and %s hang on one line", other, what)
		}
		taken[p] = what
		modbus = modbus || l.kind == onModbus
		return nil
	}
	for _, l := range ls.lamps {
		if err := take("the lamp "+l.name, l, true); err != nil {
			return err
		}
	}
	for _, l := range ls.buttons {
		if l.kind == onLED {
			return wiringError("the button %s cannot be an LED", l.name)
		}
		if err := take("the button "+l.name, l, false); err != nil {
			return err
		}
	}
	for _, l := range ls.contacts {
		switch {
		case l.kind == onLED:
			return wiringError("the contact %s cannot be an LED", l.name)
		case l.invert:
			return wiringError("the contact %s cannot be inverted: wire it so that open, cut and torn off read Low", l.name)
		}
		if err := take("the contact "+l.name, l, false); err != nil {
			return err
		}
	}
	switch {
	case modbus && w.Port == "":
		return wiringError("lines of a Modbus board, and no port it is on")
	case !modbus && w.Port != "":
		return wiringError("a port of a Modbus board, and no line on it")
	case w.Unit < 0 || w.Unit > 247:
		return wiringError("unit %d is not between 1 and 247", w.Unit)
	case w.Baud < 0:
		return wiringError("%d baud", w.Baud)
	}
	return nil
}
