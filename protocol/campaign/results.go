package campaign

// Results says how marks become what files go to colleges by (A6; the open question 10
// of what is not known of Hunan). A campaign without it adds up what counts.
type Results struct {
	File   string `cbor:"file" json:"file"` // one of the File… values
	Status string `cbor:"status,omitempty" json:"status,omitempty"`
}

// What the file mark (档案分) is made of.
const (
	FileTotal  = "total"  // the total, and the feature mark
	FilePapers = "papers" // all papers, those put aside for the total too, and the feature mark
)

// results checks how marks are added up.
func (v *validator) results() {
	if v.c.Results.File != "" {
		v.oneOf("results.file", v.c.Results.File, FileTotal, FilePapers)
	}
}
