package store

// NoSync makes a store lie about durability: the negative control of the tests
// that prove durability. Nothing outside tests can reach it.
func NoSync(o Options) Options {
	o.noSync = true
	return o
}

// Inspect is inspect, for fuzzing.
var Inspect = inspect

// MostlyFree tells whether a file asks for compaction.
func MostlyFree(path string) (bool, error) {
	i, err := inspectFile(path)
	return i.mostlyFree(), err
}

// BeginRebuild leaves what a power cut leaves in the middle of building again: a
// sound database that the copies were not brought into.
func BeginRebuild(dir string) error {
	return newDatabase(disk{noSync: true}, dir, NoSync(Options{}.withDefaults()), true)
}

// Boltfile is the database of a store.
const Boltfile = dbFile
