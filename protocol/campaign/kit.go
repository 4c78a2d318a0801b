package campaign

// Kit is the least that one kind of office must have before the campaign (2019
// plan, section 2.2; 2014 plan, section 2). Demand A9.
type Kit struct {
	Office   string      `cbor:"office" json:"office"`                           // KitPoint, KitCounty or KitCity
	Zh       string      `cbor:"zh" json:"zh"`                                   // of the kind of office
	Source   string      `cbor:"source" json:"source"`                           // where the list stands
	Cores    int         `cbor:"cores,omitempty" json:"cores,omitempty"`         // of the processor; 0: the plan names none
	ClockMHz int         `cbor:"clock_mhz,omitempty" json:"clock_mhz,omitempty"` // of the processor
	MemoryMB int         `cbor:"memory_mb,omitempty" json:"memory_mb,omitempty"` // 1 GB is 1024 MB
	DiskGB   int         `cbor:"disk_gb,omitempty" json:"disk_gb,omitempty"`     // 1 TB is 1000 GB, as disks are sold
	Devices  []KitDevice `cbor:"devices" json:"devices"`
}

// Offices that have a kit.
const (
	KitPoint  = "point"
	KitCounty = "county"
	KitCity   = "city"
)

// KitDevice is one device of a kit.
type KitDevice struct {
	Key string `cbor:"key" json:"key"`                     // one of the Device… values
	Zh  string `cbor:"zh" json:"zh"`                       // as the plan has it
	May bool   `cbor:"may,omitempty" json:"may,omitempty"` // the plan allows it and does not ask for it
}

// Devices of a kit.
const (
	DeviceIDCard  = "idcard"         // reader of second-generation ID cards
	DeviceCamera  = "camera"         // of many pixels, or a digital camera
	DeviceWide    = "printer-wide"   // wide (A3) fast laser printer
	DeviceColour  = "printer-colour" // colour wide laser printer
	DeviceDVD     = "dvd"            // DVD burner
	DeviceNetwork = "network"        // broadband
)

// Kit finds the kit of a kind of office.
func (c Campaign) Kit(office string) (Kit, bool) {
	for _, k := range c.Kits {
		if k.Office == office {
			return k, true
		}
	}
	return Kit{}, false
}

// kits checks the lists of minimum equipment. A campaign without one is
// accepted: versions from before must load as long as they live.
func (v *validator) kits() {
	unique(v, "kits", v.c.Kits, func(k Kit) string { return k.Office })
	for _, k := range v.c.Kits {
		place := "kits " + k.Office
		v.oneOf(place, k.Office, KitPoint, KitCounty, KitCity)
		if k.Cores < 0 || k.ClockMHz < 0 || k.MemoryMB < 0 || k.DiskGB < 0 || k.Zh == "" || k.Source == "" {
			v.add(place, ProblemValue, "请写明最低配置的名称和依据，数值不能为负。", "name office and source of the kit, and make no figure negative")
		}
		unique(v, place, k.Devices, func(d KitDevice) string { return d.Key })
		for _, d := range k.Devices {
			v.oneOf(place, d.Key, DeviceIDCard, DeviceCamera, DeviceWide, DeviceColour, DeviceDVD, DeviceNetwork)
		}
	}
}
