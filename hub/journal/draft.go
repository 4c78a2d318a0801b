package journal

// DraftPlaced: what somebody fills in at the portal, and has never submitted,
// names a point for the first time, or another one; Detail "from" is the point it
// named before. Package progress counts by it who has begun (demand B13).
const DraftPlaced Act = "draft.placed"
