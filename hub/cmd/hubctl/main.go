// Command hubctl is for whoever runs a hub: it makes one, and looks after it.
//
// While hubd runs, hubctl speaks to it through the socket in the data directory
// and opens no file of its own but read-only ones; it opens the rest only when
// the hub is stopped. Exit status: 0 done, 1 refused or failed, 2 a check found
// something wrong.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(status)
}
