package exampapers

import (
	"context"
	"slices"

	"zhunkao/hub/db"
	"zhunkao/hub/seating"
)

// An exception seat (增补座位, demand A51) moves nobody, so the papers that were printed
// before it stay good for whoever is on them. But whoever got it is on none of them: the
// county is told which rooms to print again.

// Late gives the rooms of a batch in which a seat was given after it was asked for.
func (b Batch) Late(added []seating.AddedRoom) (rooms []int) {
	for _, x := range added {
		if x.Area == b.Area && x.Site == b.Site && b.has(x.Room) && x.At > b.AskedAt {
			rooms = append(rooms, x.Room)
		}
	}
	return rooms
}

func (b Batch) has(room int) bool { return b.First <= room && room <= b.Last }

// Behind gives, by site, the rooms in which a seat was given and of which a paper was not
// printed since, or none ever was. A site without a batch is left out: nothing of it was
// printed.
func Behind(ctx context.Context, tx *db.Tx, version string) (map[string][]int, error) {
	out := map[string][]int{}
	added, err := seating.AddedRooms(ctx, tx, version)
	if err != nil || len(added) == 0 {
		return out, err
	}
	all, err := query(ctx, tx, `version = $1 AND state <> 'failed'`, ``, version)
	if err != nil {
		return nil, err
	}
	for _, x := range added {
		batches := slices.DeleteFunc(slices.Clone(all), func(b Batch) bool { return b.Site != x.Site || b.Area != x.Area })
		if len(batches) > 0 && behind(x, batches) {
			out[x.Site] = append(out[x.Site], x.Room)
		}
	}
	return out, nil
}

// behind judges one room by the batches of its site.
func behind(x seating.AddedRoom, batches []Batch) bool {
	newest := map[string]int64{} // by paper of a room
	for _, b := range batches {
		if !b.has(x.Room) {
			continue
		}
		for _, key := range b.Papers {
			if k, ok := KindOf(key); ok && !k.Site {
				newest[key] = max(newest[key], b.AskedAt)
			}
		}
	}
	for _, at := range newest {
		if at < x.At {
			return true
		}
	}
	return len(newest) == 0
}
