package storage

import (
	"context"
	"fmt"

	"golang.org/x/sys/unix"
)

// FileSystem reads the file system that path lies on. What only root may use
// does not count as room, as df has it.
func FileSystem(path string) func(context.Context) (Reading, error) {
	return func(context.Context) (Reading, error) {
		var st unix.Statfs_t
		if err := unix.Statfs(path, &st); err != nil {
			return Reading{}, fmt.Errorf("storage: %s: %w", path, err)
		}
		used, size := st.Blocks-st.Bfree, uint64(st.Bsize)
		return Reading{Used: used * size, Limit: (used + st.Bavail) * size}, nil
	}
}

// SameFileSystem reports whether two paths share their room.
func SameFileSystem(a, b string) (bool, error) {
	var x, y unix.Stat_t
	if err := unix.Stat(a, &x); err != nil {
		return false, fmt.Errorf("storage: %s: %w", a, err)
	}
	if err := unix.Stat(b, &y); err != nil {
		return false, fmt.Errorf("storage: %s: %w", b, err)
	}
	return x.Dev == y.Dev, nil
}

// Given reads used against a bound; none, or a negative one, is no limit.
func Given(limit int64, used func(context.Context) (uint64, error)) func(context.Context) (Reading, error) {
	return func(ctx context.Context) (Reading, error) {
		n, err := used(ctx)
		return Reading{Used: n, Limit: uint64(max(0, limit))}, err
	}
}
