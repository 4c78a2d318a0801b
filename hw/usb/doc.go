// Package usb finds the USB device behind a device node and takes it off the
// bus and back, as pulling its plug and putting it in again would.
//
// It is not a USB library: it speaks to no device, only to what the kernel shows
// in sysfs (Documentation/ABI/testing/sysfs-bus-usb). It does not cut the
// current: the device is configured anew and most firmware starts again with
// that, but a module that hangs so fast that it no longer answers its own
// address needs a hub that switches its ports, or a hand. Root hubs are never
// touched, and neither is what is not on USB.
//
// It needs the right to write /sys/bus/usb/drivers/usb/{unbind,bind}, or else
// the device's own file authorized; both belong to root until a rule of the
// image gives them to the program's group.
//
// How it fails: fault.Unsupported when the node is not on USB, fault.Absent when
// the node or the device is gone, fault.Denied without that right, fault.Timeout
// when the kernel does not take the device back. The device is put back whatever
// happens in between, the end of the context too; only a program that is killed
// in that second and a half leaves it off, until it is plugged in again or the
// board restarts.
package usb
