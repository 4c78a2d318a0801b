package rehearsal

import (
	"fmt"
	"net"
	"slices"
)

// Desk has a box that is not started serve its clerks' desk on this machine's
// network, by TLS and under the names given. It gives the port: whoever cannot
// dial the names dials it on loopback.
func (p *Province) Desk(name string, names ...string) (port string, err error) {
	b, ok := p.boxes[name]
	if !ok {
		return "", fmt.Errorf("no box %s", name)
	}
	if b.run.running() {
		return "", fmt.Errorf("box %s runs already", name)
	}
	addrs, err := freeAddrs(1)
	if err != nil {
		return "", err
	}
	if _, port, err = net.SplitHostPort(addrs[0]); err != nil {
		return "", err
	}
	more := []string{"--desk", net.JoinHostPort("0.0.0.0", port)}
	for _, n := range names {
		more = append(more, "--desk-name", n)
	}
	// b.run.args[0] is the command; the clock's socket stays the last.
	b.run.args = slices.Insert(slices.Clone(b.run.args), 1, more...)
	return port, nil
}
