// Package health holds what a box reports of itself in its heartbeats: the
// state of each device, the screen's name, room on the disk, uptime.
//
// It probes nothing: who knows a device sets its line, and who reads how full a
// place is asks a Gauge whether that is an alarm. It
// never holds anything about a person; a screen's name says only what kind of
// page is shown. It cannot fail.
package health
