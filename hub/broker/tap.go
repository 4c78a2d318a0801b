package broker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// Tap hands every message to take that is published under an MQTT topic filter,
// one after the other, until ctx ends or the connection inside this process is
// lost; ready is called when it stands. The payload is take's to keep. It is the
// hub's own ear: through the listener each record was encrypted, sent over the
// loopback and decrypted once more, to come from one part of this process to
// another.
//
// take holds up only what is tapped: when it is further behind than the library
// lets a client be, the connection is cut, and what was under way is lost to
// the hub, as it is with any client. It returns nil when ctx ended.
func (b *Broker) Tap(ctx context.Context, filter string, take func(topic string, payload []byte), ready func()) error {
	conn, err := b.srv.InProcessConn()
	if err != nil {
		return fmt.Errorf("broker: tap: %w", err)
	}
	defer func() { _ = conn.Close() }() // nothing of ours is in it
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	err = b.tap(conn, filter, take, ready)
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("broker: tap: %w", err)
}

// tap speaks the library's own protocol: lines, and payloads of a given length.
func (b *Broker) tap(conn net.Conn, filter string, take func(string, []byte), ready func()) error {
	// What is larger than that goes from the pipe to its place without a copy between.
	r := bufio.NewReaderSize(conn, 4<<10)
	if _, err := r.ReadString('\n'); err != nil { // INFO
		return err
	}
	login, err := json.Marshal(map[string]any{"user": tapUser, "pass": b.secret, "verbose": false, "pedantic": false, "protocol": 1})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "CONNECT %s\r\nSUB %s 1\r\nPING\r\n", login, subject(filter)); err != nil {
		return err
	}
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		words := strings.Fields(string(line))
		switch {
		case len(words) == 0:
		case words[0] == "MSG":
			topic, payload, err := message(r, words, b.opts.MaxPayload)
			if err != nil {
				return err
			}
			take(topic, payload)
		case words[0] == "PING":
			if _, err := io.WriteString(conn, "PONG\r\n"); err != nil {
				return err
			}
		case words[0] == "PONG": // the one to the PING after SUB
			ready()
		case words[0] == "-ERR":
			return errors.New(strings.TrimSpace(string(line)))
		}
	}
}

// message reads what follows "MSG subject sid [reply] length".
func message(r io.Reader, words []string, most int) (topic string, payload []byte, err error) {
	n, err := strconv.Atoi(words[len(words)-1])
	if err != nil || n < 0 || n > most || len(words) < 4 {
		return "", nil, fmt.Errorf("not a message: %d words", len(words))
	}
	payload = make([]byte, n+2) // and the end of its line
	if _, err := io.ReadFull(r, payload); err != nil {
		return "", nil, err
	}
	return strings.ReplaceAll(words[1], ".", "/"), payload[:n:n], nil
}
