package main

import (
	"errors"
	"io/fs"
	"syscall"

	"zhunkao/appliance"
	"zhunkao/appliance/link"
	"zhunkao/appliance/store"
	"zhunkao/hw/keystore"
	"zhunkao/protocol"
)

// Exit codes; see doc.go. Scripts test them: they must not change.
const (
	exitFault   = 1
	exitUse     = 2
	exitPort    = 3
	exitEnrol   = 4
	exitDemo    = 5
	exitKeys    = 6
	exitHeld    = 7
	exitRefused = 8
)

// explain gives the exit code and one sentence with the remedy.
func explain(err error) (code int, sentence string) {
	for _, k := range []struct {
		is     error
		code   int
		remedy string
	}{
		{appliance.ErrPortBusy, exitPort, "another program listens there: stop it, or give another address with --listen"},
		{syscall.EADDRINUSE, exitPort, "another program listens there: stop it, or give another address with --listen"},
		{appliance.ErrNotEnrolled, exitEnrol, "get a ticket from the hub and run: kioskd enrol --data DIR"},
		{store.ErrNoStore, exitEnrol, "get a ticket from the hub and run: kioskd enrol --data DIR"},
		{appliance.ErrEnrolled, exitUse, "to give it a new identity, let it send what waits and run enrol with --again"},
		{appliance.ErrWaiting, exitUse, "run kioskd until they are sent; only if the hub will never take them, give --leave-waiting"},
		{appliance.ErrNotDemo, exitDemo, "start it without --demo-clock"},
		{keystore.ErrExposed, exitKeys, "keys that others could read count as known: enrol this box anew with new keys"},
		{keystore.ErrOtherBoard, exitKeys, "this disk was taken from another board, or its TPM was cleared: enrol this box anew in an empty directory"},
		{keystore.ErrKind, exitKeys, "start it as it was enrolled, or enrol it in an empty directory"},
		{keystore.ErrTPM, exitKeys, "switch the TPM on in the BIOS, give its path with --tpm, and let this user read it (group tss)"},
		{keystore.ErrNoSerial, exitKeys, "a board without a TPM and without a serial number cannot keep keys: take another"},
		{appliance.ErrKeyStore, exitUse, "give --keystore tpm, or --keystore machine on a board without a TPM"},
		{keystore.ErrDamaged, exitKeys, "enrol this box anew"},
		{store.ErrWrongKey, exitKeys, "this disk belongs to another box or its keys were replaced: enrol this box anew in an empty directory"},
		{fs.ErrPermission, exitKeys, "start it as the user who owns the directory"},
		{store.ErrHeld, exitHeld, "another kioskd works with this directory: stop it first"},
		{link.ErrHub, exitRefused, "the server at this address is not the hub of this ticket: check the address, and take no other ticket from there"},
		{link.ErrCode, exitRefused, "the code was used, is too old or mistyped: ask for a new ticket"},
		{link.ErrAway, exitRefused, "check cable and address, then run the same command with the same ticket again"},
		{link.ErrGrant, exitRefused, "tell the hub's operators; nothing was changed in this box"},
		{store.ErrDamaged, exitFault, "start kioskd: it moves the damaged part aside and builds the store again from what is whole"},
		{appliance.ErrConfig, exitUse, "see kioskd --help"},
		{protocol.ErrMalformed, exitUse, "see kioskd --help"},
	} {
		if errors.Is(err, k.is) {
			return k.code, err.Error() + " — " + k.remedy
		}
	}
	return exitFault, err.Error()
}
