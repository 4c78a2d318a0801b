package kiosk

import "net/http"

func (k *Kiosk) page(w http.ResponseWriter, r *http.Request) {}
