// Package backup keeps which backups of the hub were begun and finished, and how
// far each box's chain is in them: the backup mark, up to which a box lets go of
// its sealed records (design §2, Custody).
//
// It copies nothing. A backup is begun here first, which writes down how far every
// chain is whole; then whoever runs the hub copies the database and after it the
// blobs, so that the copy holds all of that and the row that says so; then the copy
// is read back; and only then the backup is finished here. A mark never counts
// before, and what was committed meanwhile waits for the next backup.
//
// How it fails: towards keeping. A backup that is never finished, or is finished
// after a newer one, tells no box anything; a hub that was restored knows the marks
// of the backup before the one it came from, which are lower, and boxes pass over
// lower marks. What it cannot know is whether the copy is still there: boxes have
// let go of what the newest finished backup holds, so that one is to be kept until
// the next is finished.
package backup
