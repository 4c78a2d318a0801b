package journal

// Where the examination is sat (A47, A48). Subject is the site, or the city's drawing;
// of a move the application.
const (
	SiteSet        Act = "site.set"          // Detail "approval", "rooms"
	SiteChanged    Act = "site.changed"      // Detail "approval", "fields"
	SiteClosed     Act = "site.closed"       // Detail "approval"
	CatchmentDraft Act = "catchment.drafted" // the city wrote on its draft, which counts for nothing; Detail "version", "areas", "rows"
	CatchmentDrawn Act = "catchment.drawn"   // it is in force; Detail "approval", "areas", "rows"
	AreaMoved      Act = "area.moved"        // one candidate, by an approved list; Detail "from", "to", "approval"; "to" is "" when she was put back
)

// Kinds of subjects that belong to them.
const (
	OfSite    = "site"
	OfDrawing = "drawing"
)
