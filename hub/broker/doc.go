// Package broker runs the embedded MQTT broker: nats-server with its MQTT
// listener behind mutual TLS 1.3, and nothing else open. There is no plaintext
// listener, no NATS client port, no monitoring port.
//
// Each box may publish only below up/{its id}/ and subscribe only below
// down/{its id}/; who it is, is what its certificate says, and whether it may
// come in is asked of the fleet at every connect. The hub speaks as any
// client does, through the same door with a certificate of its own, so
// an external broker can replace this package by configuration alone. It hears
// through Tap, a connection inside this process: what boxes send is most of the
// traffic, and went through TLS and loopback twice.
//
// The broker is trusted with nothing (design §2): what passes is signed and
// sealed, and nothing here is the memory of anything. Its store may be deleted
// while the hub is stopped; boxes and hub send again what was under way.
//
// Traps of the library, met and kept away from: a client id can be taken over
// by any authenticated client, hence every one of ours draws a random id; a
// forbidden publish is acknowledged and dropped, so a PUBACK proves nothing;
// `#` also needs permission for the level above it, hence `+` throughout; there
// are no shared subscriptions; messages to be kept would be kept without bound,
// hence none is; sessions that last and messages of QoS 2 pile up, hence bounds
// for both (kept.go) and for how often a box connects (admit.go).
//
// How it fails: Start returns one sentence (port taken, store not writable).
// A fatal condition inside the library afterwards arrives on Fatal; the hub
// then stops, and its supervisor starts it again.
package broker
