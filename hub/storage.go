package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zhunkao/hub/db"
	"zhunkao/hub/storage"
)

// openStorage begins to watch what the hub writes to. An external broker is
// watched by whoever runs it; a PostgreSQL database only against DatabaseRoom,
// because its disk is not ours to see.
func (h *Hub) openStorage(ctx context.Context) (err error) {
	own := h.place()
	probes := []storage.Probe{{Place: storage.Disk, Of: own, Read: storage.FileSystem(string(h.dir))}}
	if h.broker != nil {
		probes = append(probes, storage.Probe{Place: storage.Broker, Of: own, Read: h.brokerStore})
	}
	if room := h.config.DatabaseRoom; room > 0 {
		probes = append(probes, storage.Probe{Place: storage.Database, Read: storage.Given(room, h.db.Size)})
	}
	url := h.config.Database
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok {
		at := filepath.Dir(path)
		same, err := storage.SameFileSystem(string(h.dir), at)
		if err != nil {
			return fmt.Errorf("hub: %w", err)
		}
		if !same {
			probes = append(probes, storage.Probe{Place: storage.DatabaseDisk, Of: own, Read: storage.FileSystem(at)})
		}
	}
	if h.db.Kind() == db.PostgreSQL && h.config.DatabaseRoom == 0 {
		h.log.Warn("hub: how full the database is, nobody watches; give --database-room")
	}
	if h.storage, err = storage.Open(ctx, storage.Options{DB: h.db, Flow: h.flow, Probes: probes, Log: h.log}); err != nil {
		return fmt.Errorf("hub: %w", err)
	}
	return nil
}

func (h *Hub) brokerStore(context.Context) (storage.Reading, error) {
	used, limit, err := h.broker.Stored()
	return storage.Reading{Used: used, Limit: uint64(max(0, limit))}, err
}

// place tells the data directory of this hub from those of others on the same
// database, without showing where it lies.
func (h *Hub) place() string {
	host, err := os.Hostname()
	if err != nil {
		host = "" // then the path alone must do
	}
	path, err := filepath.Abs(string(h.dir))
	if err != nil {
		path = string(h.dir)
	}
	sum := sha256.Sum256([]byte(host + "\x00" + path))
	return hex.EncodeToString(sum[:6])
}
