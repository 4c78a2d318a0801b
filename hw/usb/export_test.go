package usb

// Switched is what an error of switching off is called.
func Switched(err error) error { return switched("switch off", err) }
