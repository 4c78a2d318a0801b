package visit

// Page is one page of the read-through.
type Page struct {
	Title   Text
	Lines   []Line
	Choices []Choice
}

// Text is a text in both languages; En may be empty, then Zh stands for both.
type Text struct{ Zh, En string }

// Line is one field as read through.
type Line struct {
	Key   string
	Label Text
	Value Text // empty = not filled in
	Wide  bool // takes a whole row
	Mono  bool // digits: tabular, never broken
}

// Choice is one 志愿 as read through.
type Choice struct {
	Order  int
	School Text
	Major  Text
	Detail Text
}
