package main

import (
	"context"
	"fmt"
	"os"

	"zhunkao/protocol/sheet"
	"zhunkao/provisioning/fonts"
)

type fontsCommand struct {
	Dir     string `type:"path" help:"Folder of the bundle (default: zhunkao/fonts in the user's cache)."`
	Offline bool   `help:"Take only fonts that are installed; download nothing."`
	Check   bool   `help:"Make nothing: read every file of the bundle and compare it with the manifest."`
}

// Run makes the bundle that papers are printed with.
func (f fontsCommand) Run(ctx context.Context) error {
	if f.Dir == "" {
		dir, err := sheet.DefaultFontsDir()
		if err != nil {
			return err
		}
		f.Dir = dir
	}
	say := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	if f.Check {
		if err := sheet.VerifyBundle(f.Dir); err != nil {
			return fmt.Errorf("%w; make it anew with: provision fonts", err)
		}
		say("fonts: every file in %s is what the manifest says", f.Dir)
		return nil
	}
	return fonts.Make(ctx, fonts.Options{Dir: f.Dir, Offline: f.Offline, Say: say})
}
