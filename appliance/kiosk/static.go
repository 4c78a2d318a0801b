package kiosk

import (
	"embed"
	"io"
	"net/http"
)

//go:embed static
var staticFiles embed.FS

//go:embed pages
var pageFiles embed.FS

func readAll(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	return io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
}
