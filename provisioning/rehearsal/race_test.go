//go:build race

package rehearsal_test

const raceEnabled = true
