// Package storage watches how full the places are that the hub writes to, and
// raises an alarm at 80 % (S31): the file system of the data directory, the
// broker's store against its bound, and the database.
//
// An alarm begins at Full and ends below Eased; between the two it stays as it
// is, so that a place that moves to and fro at the rim alarms once. Beginning
// and end are journalled once each, also across restarts and among several hubs
// on one database; the log says the same.
//
// It frees nothing and stops nothing: who writes finds out for himself when
// there is no room, and refuses.
//
// How it fails: a place that cannot be read keeps the alarm it had, and the log
// says so once. An alarm that cannot be journalled (the database may be what is
// full) is shown all the same, and its entry is tried again at every look.
package storage
