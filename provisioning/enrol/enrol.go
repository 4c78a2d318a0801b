package enrol

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Options says which programs to drive, over which data.
type Options struct {
	Hubctl  string // path of hubctl
	HubData string // data folder of the hub
	Point   string // code of the confirmation point where the box will stand
	Kioskd  string // path of kioskd
	BoxData string // data folder of the box
	// Again gives a box that has an identity a new one: a new key, and a new
	// chain of records. Box is its id at the hub; Drive needs it then.
	Again bool
	Box   string
	// Say tells the technician each step as it is done. Required.
	Say func(format string, args ...any)
}

// Drive asks the hub for a ticket and has the box use it.
func Drive(ctx context.Context, o Options) error {
	ticket, err := Ticket(ctx, o.Hubctl, o.HubData, o.Point, o.Box)
	if err != nil {
		return err
	}
	o.Say("The hub has issued a one-time ticket for point %s.", o.Point)
	return Use(ctx, o, ticket)
}

// Ticket asks the running hub for a one-time ticket for point, in its text
// form; box is the id of a box that is enrolled anew, "" for a fresh one. The
// ticket is a secret until it has been used.
func Ticket(ctx context.Context, hubctl, hubData, point, box string) (string, error) {
	args := []string{"--data", hubData, "ticket", "--point", point}
	if box != "" {
		args = append(args, "--box", box)
	}
	out, err := run(ctx, "", hubctl, args...)
	if err != nil {
		return "", fmt.Errorf("the hub issued no ticket for point %s: %w", point, err)
	}
	for line := range strings.Lines(out) {
		if t := strings.TrimSpace(line); strings.HasPrefix(t, "zk1:") {
			return t, nil
		}
	}
	return "", errors.New("hubctl answered without a ticket; is this hubctl of the same version as the hub?")
}

// Use has the box enrol with ticket.
func Use(ctx context.Context, o Options, ticket string) error {
	o.Say("The box makes its keys and shows the ticket to the hub.")
	args := []string{"enrol", "--data", o.BoxData}
	if o.Again {
		args = append(args, "--again")
	}
	if _, err := run(ctx, ticket+"\n", o.Kioskd, args...); err != nil {
		return fmt.Errorf("the box was not enrolled: %w", err)
	}
	o.Say("The box holds its certificate. It may be started now.")
	return nil
}

// run returns standard output; an error carries the program's own last
// sentence, which is written for people.
func run(ctx context.Context, stdin, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	var out, errs bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if said := strings.TrimSpace(errs.String()); said != "" {
			lines := strings.Split(said, "\n")
			return "", errors.New(lines[len(lines)-1])
		}
	}
	if err != nil {
		return "", err
	}
	return out.String(), nil
}
