package acceptance

// Facts are what is known of a machine. A zero figure is not known.
type Facts struct {
	Machine  string   `json:"machine"`   // model, as the firmware has it
	System   string   `json:"system"`    // operating system
	CPU      string   `json:"cpu"`       // model of the processor
	Cores    int      `json:"cores"`     // physical cores
	ClockMHz int      `json:"clock_mhz"` // highest
	MemoryMB int      `json:"memory_mb"`
	DisksGB  []int    `json:"disks_gb"` // fixed disks, 10⁹ bytes, the largest first
	Devices  []Device `json:"devices"`
}

// Device is what was found of one kind of device.
type Device struct {
	Key   string `json:"key"`   // a campaign.Device… value
	State State  `json:"state"` //
	Model string `json:"model,omitempty"`
	Note  string `json:"note,omitempty"` // for the sheet: what was tried, or why it failed; Chinese
	En    string `json:"en,omitempty"`
}

// State says how a device or a line stands.
type State string

// The states.
const (
	Pass State = "pass" // there, and it works
	Fail State = "fail" // not there, or it does not work
	Ask  State = "ask"  // the machine cannot tell: a person looks
	Skip State = "skip" // not asked for by the plan, and not there
)

// device finds what was found of a kind.
func (f Facts) device(key string) (Device, bool) {
	for _, d := range f.Devices {
		if d.Key == key {
			return d, true
		}
	}
	return Device{}, false
}
