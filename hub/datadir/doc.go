// Package datadir names what lies in a hub's data directory and keeps two
// programs from opening it at once.
//
// It opens none of the files it names. A running hub holds the lock; whoever
// does not get it (ErrInUse) speaks to the hub through the socket instead. The
// lock ends with the process, however that ends.
package datadir
