// Package hub is the hub assembled: one program with everything the province
// needs, SQLite and the broker included.
//
//	boxes ─▶ broker ─▶ intake ─▶ flow ─▶ candidate, confirmation ─▶ journal
//	boxes ◀─ broker ◀─ dispatch ◀──────────────────────────────────────┘
//	offices ─▶ web ─▶ flow           operator ─▶ socket ─▶ flow
//
// hub.go is the file to read first: what is opened, in which order; run.go has
// the workers and how they end, serve.go the doors, admin.go what hubctl asks.
//
// It decides nothing itself. How it fails: Open says in one line what stands in
// the way and what to do; Run returns when the context ends or when a worker
// finds a fault after which nothing more may be promised (the blob file, the
// broker), and then everything else is closed in order all the same.
package hub
