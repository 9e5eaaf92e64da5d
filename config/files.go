package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// The greatest sizes of files that hold values.
const (
	maxValueBytes = 64 << 10
	maxJWKSBytes  = 1 << 20
)

// othersMask are the permissions that nobody but the owner of a secret needs.
const othersMask fs.FileMode = 0o077

// A valueFile is a setting that names a file, and where its content belongs.
type valueFile struct {
	path    string // of the setting that names the file
	name    string
	into    *string
	value   string // the path of the setting that the content belongs to
	limit   int64
	private bool
}

// valueFiles are the files that the configuration names.
func (r *reading) valueFiles() []valueFile {
	db := &r.config.Database
	files := []valueFile{{"database.url_file", db.URLFile, (*string)(&db.URL), "database.url", maxValueBytes, true}}
	for i := range r.config.JWT.Providers {
		p, at := &r.config.JWT.Providers[i], providerPath(i)
		files = append(files,
			valueFile{at + ".secret_file", p.SecretFile, (*string)(&p.Secret), at + ".secret", maxValueBytes, true},
			valueFile{at + ".secret_base64_file", p.SecretBase64File, (*string)(&p.SecretBase64), at + ".secret_base64", maxValueBytes, true},
			valueFile{at + ".public_key_file", p.PublicKeyFile, &p.PublicKey, at + ".public_key", maxValueBytes, false},
			valueFile{at + ".jwks_file", p.JWKSFile, (*string)(&p.JWKS), at + ".jwks", maxJWKSBytes, false},
		)
	}
	return files
}

// files reads the files that settings name, relative to a folder.
func (r *reading) files(folder string) {
	db := r.config.Database
	if _, own := r.config.origins["database.url"]; own && db.URL != "" && db.URLFile != "" {
		r.invalid("database.url_file", "there is url too; give one of them")
	}
	for _, f := range r.valueFiles() {
		if f.name == "" || r.bad[f.path] {
			continue
		}
		name, from := f.name, ""
		if !filepath.IsAbs(name) {
			name, from = filepath.Join(folder, name), " (looked for in "+absolute(folder)+")"
		}
		text, mode, err := readValue(name, f.limit)
		if err != nil {
			// The name is not repeated: who mistakes the setting for its twin
			// writes the secret there.
			r.fault(f.path, "the file%s %v", from, err)
			continue
		}
		if f.private && mode&othersMask != 0 {
			r.warning(f.path, "others than its owner may use the file (mode %04o); chmod 600 it", mode.Perm())
		}
		*f.into = text
		r.config.origins[f.value] = r.config.origins[f.path]
	}
}

func absolute(folder string) string {
	if path, err := filepath.Abs(folder); err == nil {
		return path
	}
	return folder
}

// readValue returns the text in a file without the line breaks at its end.
func readValue(name string, limit int64) (string, fs.FileMode, error) {
	data, mode, err := readFile(name, limit)
	if err != nil {
		return "", 0, err
	}
	if !utf8.Valid(data) {
		return "", 0, errors.New("is no text in UTF-8; a binary secret is written in base64")
	}
	text := strings.TrimRight(string(data), "\r\n")
	if strings.TrimSpace(text) == "" {
		return "", 0, errors.New("is empty")
	}
	return text, mode, nil
}

// readFile returns what is in a file, and who may use it. Its errors continue
// the sentence "the file …" and do not name the file.
func readFile(name string, limit int64) ([]byte, fs.FileMode, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, unreadable(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, unreadable(err)
	}
	var data bytes.Buffer
	size, err := io.Copy(&data, io.LimitReader(f, limit+1))
	switch {
	case err != nil:
		return nil, 0, unreadable(err)
	case size > limit:
		return nil, 0, fmt.Errorf("is larger than %d KiB", limit>>10)
	}
	return data.Bytes(), info.Mode(), nil
}

func unreadable(err error) error {
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = cause.Err
	}
	return fmt.Errorf("cannot be read: %w", err)
}
