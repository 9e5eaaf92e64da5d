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

// twins are the files of the settings that stand alone.
func (r *reading) twins() []valueFile {
	c := r.config
	return []valueFile{
		{"database.url_file", c.Database.URLFile, (*string)(&c.Database.URL), "database.url", maxValueBytes, true},
		{"password.pepper_file", c.Password.PepperFile, (*string)(&c.Password.Pepper), "password.pepper", maxValueBytes, true},
		{"registration.shared_secret_file", c.Registration.SharedSecretFile, (*string)(&c.Registration.SharedSecret), "registration.shared_secret", maxValueBytes, true},
		{"rate_limits.store_file", c.RateLimits.StoreFile, (*string)(&c.RateLimits.Store), "rate_limits.store", maxValueBytes, true},
		{"homeserver.secret_file", c.Homeserver.SecretFile, (*string)(&c.Homeserver.Secret), "homeserver.secret", maxValueBytes, true},
		{"admin.api_token_file", c.Admin.APITokenFile, (*string)(&c.Admin.APIToken), "admin.api_token", maxValueBytes, true},
	}
}

// keyFiles are the files of the providers' keys.
func (r *reading) keyFiles() []valueFile {
	var files []valueFile
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

// files reads the files that hold the values of settings.
func (r *reading) files() {
	twins := r.twins()
	for _, f := range twins {
		// A default is no value of its own.
		if _, own := r.config.origins[f.value]; own && *f.into != "" && f.name != "" {
			r.invalid(f.path, "there is %s too; give one of them", f.value[strings.LastIndexByte(f.value, '.')+1:])
		}
	}
	for _, f := range append(twins, r.keyFiles()...) {
		if f.name == "" || r.bad[f.path] {
			continue
		}
		if text, ok := open(r, f.path, f.name, f.limit, f.private, readValue); ok {
			*f.into = text
			r.config.origins[f.value] = r.config.origins[f.path]
		}
	}
}

// open reads the file that the setting of a path names, relative to the folder
// of the configuration file. It notes what is wrong with it, and warns if it is
// private but open to others.
func open[T any](r *reading, path, name string, limit int64, private bool, read func(string, int64) (T, fs.FileMode, error)) (content T, ok bool) {
	from := ""
	if !filepath.IsAbs(name) {
		folder := filepath.Dir(r.file)
		name, from = filepath.Join(folder, name), " (looked for in "+absolute(folder)+")"
	}
	content, mode, err := read(name, limit)
	if err != nil {
		// The name is not repeated: who mistakes the setting for its twin
		// writes the secret there.
		r.fault(path, "the file%s %v", from, err)
		return content, false
	}
	if private && mode&othersMask != 0 {
		r.warning(path, "others than its owner may use the file (mode %04o); chmod 600 it", mode.Perm())
	}
	return content, true
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
