package paper

import (
	"crypto/sha256"
	"encoding/hex"
)

// Templates stands for the layouts and wordings of all papers of a room, as the hash in a
// footer does for one: two batches with the same are printed from the same templates.
func (r ExamRoom) Templates() string {
	h := sha256.New()
	for _, one := range []string{chart{SeatChart: SeatChart{ExamRoom: r}}.hash(), DeskLabels{r}.hash(), DoorSheet{r}.hash(), SignIn{r}.hash(), RoomRecord{r}.hash(), BarLabels{r}.hash(),
		BagCovers{ExamRoom: r}.hash(QuestionBag), BagCovers{ExamRoom: r}.hash(AnswerBag)} {
		h.Write([]byte(one))
	}
	return hex.EncodeToString(h.Sum(nil)[:4])
}
