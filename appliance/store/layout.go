package store

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"zhunkao/protocol"
)

// The buckets. Every value in them is checked: CBOR, then four bytes of CRC-32C
// over key and value, because bbolt keeps no checksum of its pages.
var (
	bucketMeta       = []byte("meta")       // name → mark
	bucketRoster     = []byte("roster")     // HMAC(number) → sealedApplication
	bucketNames      = []byte("names")      // application id → HMAC(number)
	bucketElsewhere  = []byte("elsewhere")  // ElsewhereMark.Key → elsewhere
	bucketPlaces     = []byte("places")     // code of a point → protocol.Place
	bucketConfirmed  = []byte("confirmed")  // application id → confirmed
	bucketRecords    = []byte("records")    // epoch, sequence → record
	bucketOutbox     = []byte("outbox")     // epoch, sequence → waiting
	bucketQuarantine = []byte("quarantine") // epoch, sequence → aside
	bucketCopies     = []byte("copies")     // record id, number, try → Copy
	bucketReadable   = []byte("readable")   // epoch, sequence → held
	bucketDays       = []byte("days")       // date, opening → Day
	bucketQueue      = []byte("queue")      // date, box, number → Queued
	bucketDrafts     = []byte("drafts")     // application id → keptDraft
	bucketEntered    = []byte("entered")    // HMAC(number) → application id of a draft that is complete
	bucketTally      = []byte("tally")      // epoch → tally of the outbox
	bucketPrints     = []byte("prints")     // number → Print
	bucketTickets    = []byte("tickets")    // mark of the list, application id → keptTicket
	bucketLacking    = []byte("lacking")    // name of a picture → application id

	buckets = [][]byte{bucketMeta, bucketRoster, bucketNames, bucketElsewhere, bucketPlaces,
		bucketConfirmed, bucketRecords, bucketOutbox, bucketQuarantine, bucketCopies, bucketReadable, bucketDays, bucketQueue,
		bucketDrafts, bucketEntered, bucketTally, bucketPrints, bucketTickets, bucketLacking}
)

// Names in bucketMeta.
const (
	metaStoreKey   = "store-key"  // wrapped by the keystore
	metaBoot       = "boot"       // uint32
	metaRoster     = "roster"     // uint64: last version applied
	metaRosterAt   = "roster-at"  // protocol.Time: when the newest page came
	metaRosterKey  = "roster-key" // sealed under the store key
	metaFilled     = "filled"     // bool: the first roster has come whole
	metaCampaign   = "campaign"   // Campaign
	metaCheckpoint = "checkpoint" // protocol.Checkpoint
	metaBackup     = "backup"     // keptMark
	metaState      = "state"      // protocol.BoxState
	metaTime       = "time"       // Memory
	metaHead       = "head/"      // + epoch in 8 hexadecimal digits: head
	metaGap        = "gap"        // bool: the head is unsure, see Report.Gap
	metaStaff      = "staff"      // keptStaff
	metaCode       = "code/"      // + account: int64, newest step whose one-time code was used
	metaOwnCards   = "own-cards"  // ownCards, sealed under the store key
	metaTries      = "pin/"       // + account: uint64, wrong PINs beside her card
	metaDesk       = "desk"       // Desk, sealed under the store key
	metaQueueDay   = "queue-day"  // string: the day for which numbers are drawn at the idle screen
	metaPaces      = "paces"      // []Pace: how long the last people took
	metaBlocked    = "blocked"    // Blocked
	metaFaults     = "faults"     // []Fault, the newest last
	metaLooked     = "looked/"    // + contact: Looked
	metaTickets    = "tickets"    // Tickets
	metaRebuild    = "rebuild"    // bool: not every copy is in this database yet
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func checksum(key string, value []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(key), castagnoli), castagnoli, value)
}

// encodeChecked encodes v and appends the checksum over key and encoding.
func encodeChecked(key string, v any) ([]byte, error) {
	b, err := protocol.Encode(v)
	if err != nil {
		return nil, err
	}
	return binary.BigEndian.AppendUint32(b, checksum(key, b)), nil
}

// decodeChecked is the reverse. Errors: ErrDamaged.
func decodeChecked(key string, raw []byte, v any) error {
	n := len(raw) - 4
	if n < 1 || binary.BigEndian.Uint32(raw[n:]) != checksum(key, raw[:n]) {
		return fmt.Errorf("%w: checksum", ErrDamaged)
	}
	if v == nil {
		return nil
	}
	if err := protocol.Decode(raw[:n], v); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return nil
}

// readChecked reads a file written by writeFile(encodeChecked(base name)).
func readChecked(path string, v any) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := decodeChecked(filepath.Base(path), raw, v); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return nil
}

// put stores v under key.
func put(tx *bolt.Tx, bucket []byte, key []byte, v any) error {
	raw, err := encodeChecked(string(bucket)+"/"+string(key), v)
	if err != nil {
		return err
	}
	return tx.Bucket(bucket).Put(key, raw)
}

// get reads key into v and says whether it was there.
func get(tx *bolt.Tx, bucket []byte, key []byte, v any) (bool, error) {
	raw := tx.Bucket(bucket).Get(key)
	if raw == nil {
		return false, nil
	}
	if err := decodeChecked(string(bucket)+"/"+string(key), raw, v); err != nil {
		return true, fmt.Errorf("%s: %w", bucket, err)
	}
	return true, nil
}

// recordKey orders records by epoch, then sequence.
func recordKey(epoch uint32, seq uint64) []byte {
	k := binary.BigEndian.AppendUint32(make([]byte, 0, 12), epoch)
	return binary.BigEndian.AppendUint64(k, seq)
}

func parseRecordKey(k []byte) (epoch uint32, seq uint64, ok bool) {
	if len(k) != 12 {
		return 0, 0, false
	}
	return binary.BigEndian.Uint32(k), binary.BigEndian.Uint64(k[4:]), true
}

func headKey(epoch uint32) []byte { return fmt.Appendf(nil, "%s%08x", metaHead, epoch) }

// head is the end of one epoch's chain.
type head struct {
	Sequence uint64        `cbor:"seq"`
	Hash     protocol.Hash `cbor:"hash"`
}

// record is one sealed record as the database holds it.
type record struct {
	Envelope    []byte        `cbor:"envelope"`
	Body        []byte        `cbor:"body"`
	Application string        `cbor:"application"`
	At          protocol.Time `cbor:"at"`
	Left        protocol.Time `cbor:"left,omitempty"` // hub's time of the receipt; 0 while it waits
	Of          *protocol.ID  `cbor:"of,omitempty"`   // see copyMark
}

// waiting is one outbox entry.
type waiting struct {
	ID   protocol.ID   `cbor:"id"`
	Hash protocol.Hash `cbor:"hash"`
	At   protocol.Time `cbor:"at"`
	Size uint64        `cbor:"size,omitempty"` // bytes of the whole record; 0 of one sealed before it was counted
}

// aside is one quarantined entry.
type aside struct {
	ID     protocol.ID     `cbor:"id"`
	Hash   protocol.Hash   `cbor:"hash"`
	Reason protocol.Reason `cbor:"reason"`
	At     protocol.Time   `cbor:"at"` // hub's time of the decision
}
