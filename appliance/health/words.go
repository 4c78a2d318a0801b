package health

import (
	"zhunkao/appliance/stick"
	"zhunkao/hw/fault"
	"zhunkao/hw/panel"
	"zhunkao/hw/printer"
	"zhunkao/protocol"
)

// The names a box calls its devices and its own parts by. The hub's pages have
// words for each: whoever adds one here adds them there, and a test says so.
const (
	DeviceIDCard   = "idcard"
	DeviceCamera   = "camera"
	DevicePrinter  = "printer"
	DeviceFonts    = "fonts" // of the sheets
	DeviceVoice    = "voice"
	DeviceBrowser  = "browser"
	DevicePanel    = "panel"
	DeviceDoor     = string(panel.ContactDoor)
	DeviceTamper   = string(panel.ContactTamper)
	DeviceWatchdog = "watchdog"
	DeviceScreen   = "screen"
	DeviceDesk     = "desk"         // the clerk's
	DeviceWatch    = "screen-watch" // fetches the screen as the browser does
	DeviceLoop     = "loop"
	DeviceLink     = "link"
	DeviceStore    = "store"
	DeviceJournal  = "journal" // the hub's, as its receipts pin it
	DeviceStick    = "stick"   // of the journal of records
	DeviceHelp     = "help"    // "fault" while somebody calls
	DeviceAhead    = "ahead"   // roster, rules, staff: what was sent ahead
	DeviceOutbox   = "outbox"  // records that are at the hub not yet
	DeviceClock    = protocol.DeviceClock
	DeviceStorage  = protocol.DeviceStorage
)

// The fault words that are the box's own.
const (
	FaultRestarted = "restarted"  // it ended and was started again
	FaultNoise     = "line noise" // and works all the same
	FaultSmallFont = "small font" // no fonts are installed
	FaultBrowser   = "died or hangs"
	FaultOpen      = "open" // a door or case
	FaultHangs     = "a loop hangs"
	FaultNotFed    = "not fed" // the watchdog takes no more
	FaultNoSpace   = "space unknown"
	FaultRebuilt   = "was damaged and built again"
	FaultBehind    = "behind the hub"
	FaultUnread    = "a record cannot be read"
	FaultWentBack  = "went back"  // the hub's journal
	FaultOpened    = "was opened" // a case that is shut again, and nobody has looked
	FaultFailing   = "failing"    // the storage, again and again

	// Of what was sent ahead, and of the outbox: some days or records before the
	// box takes nobody new, and when it does not.
	FaultStaleSoon  = "stale soon"
	FaultStale      = "stale"
	FaultUnsentSoon = "many unsent"
	FaultUnsentMany = "too many unsent"
)

// Devices lists every name that stands in a heartbeat.
func Devices() []string {
	return []string{DeviceIDCard, DeviceCamera, DevicePrinter, DeviceFonts, DeviceVoice, DeviceBrowser, DevicePanel, DeviceDoor, DeviceTamper,
		DeviceWatchdog, DeviceScreen, DeviceDesk, DeviceWatch, DeviceLoop, DeviceLink, DeviceStore, DeviceStick, DeviceJournal, DeviceHelp, DeviceClock, DeviceStorage, DeviceAhead, DeviceOutbox}
}

// Faults lists every fault word that stands in a heartbeat: the box's own,
// those of the drivers and what a printer needs.
func Faults() []string {
	out := []string{FaultRestarted, FaultNoise, FaultSmallFont, FaultBrowser, FaultOpen, FaultHangs, FaultNotFed, FaultNoSpace, FaultRebuilt,
		FaultBehind, FaultUnread, FaultWentBack, FaultOpened, FaultFailing, FaultStaleSoon, FaultStale, FaultUnsentSoon, FaultUnsentMany, protocol.FaultJumped, protocol.FaultDiskFilling, protocol.FaultStoreFilling}
	for _, t := range stick.Troubles() {
		out = append(out, string(t))
	}
	for _, w := range fault.Words() {
		out = append(out, w.Error())
	}
	for _, n := range printer.Needs() {
		out = append(out, n.String())
	}
	return out
}
