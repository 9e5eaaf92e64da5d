package foreign

import (
	"fmt"
	"strings"
)

// A draft is Doorward's configuration on its way to text.
type draft struct {
	settings  map[string][]setting // by their section
	delegated bool                 // the other server goes on, and leaves authentication to Doorward
}

// A setting is a line of the draft.
type setting struct {
	name, value string
	from        string // the settings that it comes from, or why it is there
}

// The sections of a draft, in the order in which they are written, with what is
// said above each.
var draftSections = []struct{ name, comment string }{
	{"", ""},
	{"http", "The address of the API. A proxy that speaks TLS stands before it."},
	{"metrics", ""},
	{"database", "Users, devices and sessions. It is not the other server's database."},
	{"jwt.providers", "Whose tokens sign people in."},
	{"password", ""},
	{"login_token", "Signing in another client, as by a QR code."},
	{"registration", "Who may make an account. A provider makes accounts without it."},
	{"sessions", "How long people stay signed in."},
	{"rate_limits", "How often somebody may try."},
	{"homeserver", "The homeserver that leaves logins and tokens to Doorward."},
}

// set writes a setting, whose value is one of yamlText, yamlTexts, or a literal
// of YAML. from says where it comes from.
func (d *draft) set(section, name, value, from string) {
	if d.settings == nil {
		d.settings = map[string][]setting{}
	}
	d.settings[section] = append(d.settings[section], setting{name, value, from})
}

// yaml returns the text of the draft, with what is to be decided at its head.
func (d *draft) yaml(kind Kind, files []File, findings []Finding) []byte {
	var b strings.Builder
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = shown(file.Name)
	}
	fmt.Fprintf(&b, "# Doorward's configuration, made from %v's (%s) by `doorward config import`.\n", kind, strings.Join(names, ", "))
	b.WriteString("# What is not in it has its default; `doorward config example` shows everything.\n")
	first := true
	for _, f := range findings {
		if f.Verdict != Decide {
			continue
		}
		if first {
			b.WriteString("#\n# To be decided:\n")
			first = false
		}
		fmt.Fprintf(&b, "#   %s: %s\n", f.Path, f.Why)
	}
	for _, section := range draftSections {
		if lines := d.settings[section.name]; len(lines) > 0 {
			b.WriteByte('\n')
			if section.comment != "" {
				fmt.Fprintf(&b, "# %s\n", section.comment)
			}
			writeSection(&b, section.name, lines)
		}
	}
	return []byte(b.String())
}

func writeSection(b *strings.Builder, name string, lines []setting) {
	switch name {
	case "":
		writeLines(b, "", "", lines)
	case "jwt.providers":
		b.WriteString("jwt:\n  providers:\n")
		writeLines(b, "    - ", "      ", lines)
	default:
		b.WriteString(name + ":\n")
		writeLines(b, "  ", "  ", lines)
	}
}

// writeLines writes settings, the first after one indentation and the others
// after another.
func writeLines(b *strings.Builder, first, others string, lines []setting) {
	indent := first
	for _, line := range lines {
		switch {
		case strings.HasPrefix(line.value, "|"):
			fmt.Fprintf(b, "%s# %s\n%s%s: %s\n", others, line.from, indent, line.name,
				strings.ReplaceAll(line.value, "\n", "\n"+others+"  "))
		default:
			text := fmt.Sprintf("%s%s: %s", indent, line.name, line.value)
			fmt.Fprintf(b, "%-44s # %s\n", text, line.from)
		}
		indent = others
	}
}
