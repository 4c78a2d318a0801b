package broker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// MQTT lets a client have messages kept for whoever subscribes later, for ever
// and without a bound of the library's own: one box could fill the store and so
// stop all (fault list, bad input, MQTT). Nothing of ours is ever kept, so the
// library finds the stream for them made already, too small for any. A message
// that should be kept is then delivered as any other, and that is all.
//
// Two more of the library's streams have no bound. The one of sessions gets a
// note for each session, and keeps it when the client asked for one that lasts:
// it forgets the oldest; only who comes back to a session would miss it, and
// nobody of ours does. The one of messages of QoS 2 that their sender has not
// released yet takes no more when it is full: nobody of ours sends such.
var streams = []struct{ name, config string }{ // the library's names
	{"$MQTT_rmsgs", `{"name":"$MQTT_rmsgs","subjects":["$MQTT.rmsgs.>"],"storage":"memory","retention":"limits",` +
		`"num_replicas":1,"max_msgs_per_subject":1,"max_bytes":1,"discard":"new"}`},
	{"$MQTT_sess", `{"name":"$MQTT_sess","subjects":["$MQTT.sess.>"],"storage":"memory","retention":"limits",` +
		`"num_replicas":1,"max_msgs_per_subject":1,"max_bytes":16777216,"discard":"old"}`},
	{"$MQTT_qos2in", `{"name":"$MQTT_qos2in","subjects":["$MQTT.qos2.in.>"],"storage":"memory","retention":"limits",` +
		`"num_replicas":1,"max_msgs_per_subject":1,"discard_new_per_subject":true,"max_bytes":4194304,"discard":"new"}`},
}

const (
	// ownUser and tapUser are whom Check lets in without TLS: connections inside
	// this process that know the secret drawn at start. The listener is TLS only.
	ownUser  = "broker"
	tapUser  = "tap"
	ownReply = "reply"
	ownWait  = 10 * time.Second
)

// keepNothing makes these streams anew. What an earlier start left is thrown
// away: the store is nobody's memory.
func (b *Broker) keepNothing(ctx context.Context) error {
	conn, err := b.srv.InProcessConn()
	if err != nil {
		return fmt.Errorf("broker: own connection: %w", err)
	}
	defer func() { _ = conn.Close() }() // all has been read by then
	until, cancel := context.WithTimeout(ctx, ownWait)
	defer cancel()
	defer context.AfterFunc(until, func() { _ = conn.Close() })()
	r := bufio.NewReader(conn)
	if _, err := r.ReadString('\n'); err != nil { // INFO
		return fmt.Errorf("broker: own connection: %w", err)
	}
	login, err := json.Marshal(map[string]any{"user": ownUser, "pass": b.secret, "verbose": false, "pedantic": false, "protocol": 1})
	if err != nil {
		return fmt.Errorf("broker: own connection: %w", err)
	}
	if _, err := fmt.Fprintf(conn, "CONNECT %s\r\nSUB %s 1\r\n", login, ownReply); err != nil {
		return fmt.Errorf("broker: own connection: %w", err)
	}
	for _, s := range streams {
		for _, act := range []struct{ verb, body string }{{"DELETE", ""}, {"CREATE", s.config}} {
			if _, err := fmt.Fprintf(conn, "PUB $JS.API.STREAM.%s.%s %s %d\r\n%s\r\n", act.verb, s.name, ownReply, len(act.body), act.body); err != nil {
				return fmt.Errorf("broker: own connection: %w", err)
			}
			if err := answer(r, conn); err != nil && act.verb != "DELETE" { // there may be none
				return fmt.Errorf("broker: stream %s: %w", s.name, err)
			}
		}
	}
	return nil
}

// answer reads up to the next message and gives the error that it tells.
func answer(r *bufio.Reader, w io.Writer) error {
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return err
		}
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
		case words[0] == "PING":
			if _, err := io.WriteString(w, "PONG\r\n"); err != nil {
				return err
			}
		case words[0] == "-ERR":
			return errors.New(strings.TrimSpace(line))
		case words[0] == "MSG":
			n, err := strconv.Atoi(words[len(words)-1])
			if err != nil || n < 0 || n > 1<<20 {
				return fmt.Errorf("answer of %s bytes", words[len(words)-1])
			}
			body := make([]byte, n)
			if _, err := io.ReadFull(r, body); err != nil {
				return err
			}
			var said struct {
				Error *struct {
					Description string `json:"description"`
				} `json:"error"`
			}
			if err := json.Unmarshal(body, &said); err != nil {
				return err
			}
			if said.Error != nil {
				return errors.New(said.Error.Description)
			}
			return nil
		}
	}
}
