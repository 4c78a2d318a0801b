package journal

// Which rooms are at which site, and what is printed for them (demands A50, A51).
const (
	RoomsTaken   Act = "rooms.taken"   // the province took a table of runs; Detail "approval", "version", "set", "rooms", and "candidates" when some moved
	RoomsListed  Act = "rooms.listed"  // whom to tell of another site was looked at; Detail "set", "candidates"
	RoomsAdded   Act = "rooms.added"   // rooms that were opened after publication went to sites; Detail "version", "set", "rooms", and "left" when some found none
	RoomsMoved   Act = "rooms.moved"   // a site was lost, its rooms are elsewhere; Detail "site", "version", "set", "rooms", "candidates"
	BatchAsked   Act = "batch.asked"   // papers of a site; Detail "site", "papers", "rooms", "copy", "version"
	BatchFetched Act = "batch.fetched" // the file has left the hub; Detail "pages", "copy"
	BatchSampled Act = "batch.sampled" // a sample of one room was looked at; Detail "site", "paper"
)

// Kinds of subjects that belong to them.
const (
	OfArea  = "area"  // code of the area
	OfBatch = "batch" // papers that are printed together
)
