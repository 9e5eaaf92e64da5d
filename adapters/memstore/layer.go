package memstore

import (
	"iter"
	"maps"
)

// A layer is a table as one transaction sees it: the committed rows, and over
// them its own.
type layer[K comparable, V any] struct {
	committed map[K]V
	put       map[K]V
	deleted   map[K]struct{}
}

func (l *layer[K, V]) get(key K) (V, bool) {
	if row, ok := l.put[key]; ok {
		return row, true
	}
	if _, ok := l.deleted[key]; ok {
		var none V
		return none, false
	}
	row, ok := l.committed[key]
	return row, ok
}

// all are the rows, in no order. Rows may be removed meanwhile.
func (l *layer[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for key, row := range l.put {
			if !yield(key, row) {
				return
			}
		}
		for key, row := range l.committed {
			_, replaced := l.put[key]
			_, deleted := l.deleted[key]
			if !replaced && !deleted && !yield(key, row) {
				return
			}
		}
	}
}

func (l *layer[K, V]) set(key K, row V) {
	if l.put == nil {
		l.put = map[K]V{}
	}
	l.put[key] = row
}

func (l *layer[K, V]) remove(key K) {
	if l.deleted == nil {
		l.deleted = map[K]struct{}{}
	}
	delete(l.put, key)
	l.deleted[key] = struct{}{}
}

// removeAll removes the rows that are meant, and returns how many.
func (l *layer[K, V]) removeAll(meant func(V) bool) (n int) {
	for key, row := range l.all() {
		if meant(row) {
			l.remove(key)
			n++
		}
	}
	return n
}

func (l *layer[K, V]) commit() {
	for key := range l.deleted {
		delete(l.committed, key)
	}
	maps.Copy(l.committed, l.put)
}
