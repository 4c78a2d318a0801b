// Package review keeps what a clerk looked at for somebody at the desk of her
// point (资格审核): item by item, what she claims, and the pictures of the pledge
// she copied by hand and of her evidence.
//
// It is no judgement: an item that does not fit undoes no confirmation, it is
// listed for the county, and a claim stands as a fact until an office decides
// about it. Of several reviews of one application the newest stands, by when the
// clerk gave her word.
//
// One that names a confirmation which has not come, of somebody with whom its point
// has nothing to do otherwise, is kept and waits for it. A disk that died may have
// taken that confirmation along, so what waits is shown to the office.
//
// What was noted and the keys of the pictures are sealed under a data key, as
// the contents of confirmations are; the rest names nobody but by ids.
//
// How it fails: ErrNotFound; what the database refuses.
package review
