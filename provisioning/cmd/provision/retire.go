package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"zhunkao/provisioning/retire"
)

type retireCommand struct {
	Data      string `required:"" type:"path" help:"Data folder of the box; kioskd must be stopped."`
	Statement string `required:"" type:"path" help:"File for the box's signed last word: the office gives it to the hub (hubctl retire)."`
	Carry     string `type:"path" help:"Folder, on a stick, for the sealed records that no backup of the hub has: the office brings them in first (hubctl import-stick)."`
	TPM       string `name:"tpm" type:"path" help:"The TPM, if it is not /dev/tpmrm0: a device or a unix socket."`
	Yes       bool   `help:"Do not ask again."`
}

// Run empties the box, after the technician typed "retire".
func (r retireCommand) Run(ctx context.Context) error {
	if !r.Yes {
		fmt.Fprintf(os.Stderr, "Everything in %s will be destroyed. Type \"retire\" and press Enter:\n", r.Data)
		var word string
		if _, err := fmt.Fscanln(os.Stdin, &word); err != nil || word != "retire" {
			return fmt.Errorf("nothing was changed: %q is not \"retire\"", word)
		}
	}
	done, err := retire.Retire(ctx, retire.Options{Data: r.Data, TPM: r.TPM, Carry: r.Carry, Statement: r.Statement, Now: time.Now})
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "Box %s is empty: %d records were sealed in its life here, and its keys are destroyed.\n", done.Box, done.Head)
	if done.Carried > 0 {
		fmt.Fprintf(os.Stderr, "%d records were carried to %s: bring them in first (hubctl import-stick).\n", done.Carried, done.File)
	}
	fmt.Fprintf(os.Stderr, "Give %s to the hub (hubctl retire): it checks that nothing is missing.\n", r.Statement)
	if done.Plain {
		fmt.Fprintln(os.Stderr, "Its keys lay in plain files: destroy the card or disk, its electronics may keep old copies.")
	}
	return nil
}
